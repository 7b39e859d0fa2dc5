import Anthropic from '@anthropic-ai/sdk'
import type { BatchAnswer, BatchModel, FoundBatch } from '@capstan/shared/inference/batch-types'
import { anthropicRequest, asAnthropicReply } from './anthropic-model.ts'
import type { AnthropicSettings } from './anthropic-settings.ts'
import { openAnthropic } from './anthropic-settings.ts'
import { classifyError } from './classify-error.ts'
import type { Endpoint } from './errors/endpoint.ts'
import { ErrorInAnswer } from './error-in-answer.ts'
import { batchCall } from './batch-call.ts'

/** Claude models through `/v1/messages/batches`. A batch carries no name there; its questions do. */
export function anthropicBatches(settings: AnthropicSettings): (model: string) => BatchModel {
  const { client, endpoint } = openAnthropic(settings)
  const call = batchCall(endpoint, settings.timeoutMs)
  const { batches } = client.messages
  return (model) => ({
    submit: (_name, questions, signal) =>
      call(signal, async (both) => {
        const requests = questions.map(({ id, question }) => ({
          custom_id: id,
          params: anthropicRequest(model, question),
        }))
        return (await batches.create({ requests }, { signal: both })).id
      }),
    find: (name, { sinceMs, known }, signal) =>
      call(signal, (both) => findByQuestions(client, { name, sinceMs, known }, both)),
    state: (id, signal) =>
      call(signal, async (both) => {
        const { processing_status } = await batches.retrieve(id, {}, { signal: both })
        return processing_status === 'ended' ? 'ended' : 'running'
      }),
    answers: async function* answers(id, signal) {
      const lines = await call(signal, (both) => readAll(client, id, both))
      for (const line of lines) yield asBatchAnswer(line, endpoint)
    },
    cancel: (id, signal) =>
      call(signal, async (both) => {
        const { processing_status } = await batches.retrieve(id, {}, { signal: both })
        if (processing_status === 'in_progress') await batches.cancel(id, {}, { signal: both })
      }),
  })
}

type Line = Anthropic.Messages.MessageBatchIndividualResponse

async function readAll(client: Anthropic, id: string, signal: AbortSignal): Promise<Line[]> {
  const lines: Line[] = []
  const stream = await client.messages.batches.results(id, {}, { signal })
  for await (const line of stream) lines.push(line)
  return lines
}

async function findByQuestions(
  client: Anthropic,
  { name, sinceMs, known }: { name: string; sinceMs: number; known: readonly string[] },
  signal: AbortSignal,
): Promise<FoundBatch> {
  let sure = true
  for await (const batch of client.messages.batches.list({ limit: 100 }, { signal })) {
    // Newest first.
    if (Date.parse(batch.created_at) < sinceMs) break
    if (known.includes(batch.id)) continue
    if (batch.processing_status !== 'ended') {
      sure = false
      continue
    }
    const stream = await client.messages.batches.results(batch.id, {}, { signal })
    for await (const { custom_id } of stream) {
      if (custom_id.startsWith(`${name}-`)) return { outcome: 'found', id: batch.id }
      break
    }
  }
  return { outcome: sure ? 'absent' : 'unsure' }
}

function asBatchAnswer({ custom_id: id, result }: Line, endpoint: Endpoint): BatchAnswer {
  switch (result.type) {
    case 'succeeded':
      return { id, outcome: 'answered', answer: asAnthropicReply(result.message, null, 0) }
    case 'errored': {
      const response = { status: statusOf(result.error.error.type), headers: new Headers() }
      const error = classifyError(new ErrorInAnswer(result.error, response), endpoint)
      return { id, outcome: 'failed', error }
    }
    case 'canceled':
    case 'expired':
      return { id, outcome: 'unserved', because: result.type }
  }
}

/** A line of a batch has no status of its own; this is what the same error has alone. */
function statusOf(type: string): number {
  return STATUSES[type] ?? 500
}

const STATUSES: Record<string, number> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
}
