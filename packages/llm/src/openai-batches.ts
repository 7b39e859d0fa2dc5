import { toFile } from 'openai'
import type OpenAI from 'openai'
import { z } from 'zod'
import type { BatchAnswer, BatchModel, FoundBatch } from '@capstan/shared/inference/batch-types'
import { batchCall } from './batch-call.ts'
import { classifyError } from './classify-error.ts'
import type { Endpoint } from './errors/endpoint.ts'
import { ErrorInAnswer } from './error-in-answer.ts'
import { chatRequest, readChat, readResponse, responsesRequest } from './openai-model.ts'
import { openOpenAi, type OpenAiSettings } from './openai-settings.ts'

/** Where a batch carries its name. */
const NAME = 'capstan_batch'

const FORMS = {
  responses: { path: '/v1/responses', request: responsesRequest },
  chat: { path: '/v1/chat/completions', request: chatRequest },
} as const

/** Models of OpenAI through `/v1/files` and `/v1/batches`. */
export function openAiBatches(settings: OpenAiSettings): (model: string) => BatchModel {
  const { client, endpoint, api } = openOpenAi(settings)
  const call = batchCall(endpoint, settings.timeoutMs)
  const { path, request } = FORMS[api]
  return (model) => ({
    submit: (name, questions, signal) =>
      call(signal, async (both) => {
        const lines = questions.map(({ id, question }) =>
          JSON.stringify({
            custom_id: id,
            method: 'POST',
            url: path,
            body: request(model, question),
          }),
        )
        const file = await toFile(Buffer.from(lines.join('\n')), `${name}.jsonl`)
        const { id } = await client.files.create({ file, purpose: 'batch' }, { signal: both })
        const batch = await client.batches.create(
          {
            input_file_id: id,
            endpoint: path,
            completion_window: '24h',
            metadata: { [NAME]: name },
          },
          { signal: both },
        )
        return batch.id
      }),
    find: (name, { sinceMs }, signal) =>
      call(signal, (both) => findByName(client, name, sinceMs, both)),
    state: (id, signal) =>
      call(signal, async (both) =>
        stateOf((await client.batches.retrieve(id, { signal: both })).status),
      ),
    answers: async function* answers(id, signal) {
      const lines = await call(signal, (both) => readAll(client, id, both))
      for (const line of lines) yield asBatchAnswer(line, api, endpoint)
    },
    cancel: (id, signal) =>
      call(signal, async (both) => {
        const { status } = await client.batches.retrieve(id, { signal: both })
        if (stateOf(status) === 'running' && status !== 'cancelling') {
          await client.batches.cancel(id, { signal: both })
        }
      }),
  })
}

function stateOf(status: OpenAI.Batch['status']): 'running' | 'ended' | 'failed' {
  switch (status) {
    case 'completed':
    case 'expired':
    case 'cancelled':
      return 'ended'
    case 'failed':
      return 'failed'
    case 'validating':
    case 'in_progress':
    case 'finalizing':
    case 'cancelling':
      return 'running'
  }
}

async function findByName(
  client: OpenAI,
  name: string,
  sinceMs: number,
  signal: AbortSignal,
): Promise<FoundBatch> {
  for await (const batch of client.batches.list({ limit: 100 }, { signal })) {
    if (batch.metadata?.[NAME] === name) return { outcome: 'found', id: batch.id }
    // Newest first, in whole seconds.
    if ((batch.created_at + 1) * 1_000 < sinceMs) break
  }
  return { outcome: 'absent' }
}

const Line = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: z.int(), body: z.unknown() }).nullish(),
  error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
})
type Line = z.infer<typeof Line>

async function readAll(client: OpenAI, id: string, signal: AbortSignal): Promise<Line[]> {
  const { output_file_id, error_file_id } = await client.batches.retrieve(id, { signal })
  const lines: Line[] = []
  for (const file of [output_file_id, error_file_id]) {
    if (!file) continue
    const text = await (await client.files.content(file, { signal })).text()
    for (const line of text.split('\n')) {
      if (line.trim() !== '') lines.push(Line.parse(JSON.parse(line)))
    }
  }
  return lines
}

function asBatchAnswer(line: Line, api: keyof typeof FORMS, endpoint: Endpoint): BatchAnswer {
  const { custom_id: id, response, error } = line
  if (!response) {
    return {
      id,
      outcome: 'unserved',
      because: error?.code === 'batch_expired' ? 'expired' : 'canceled',
    }
  }
  const { status_code: status, body } = response
  try {
    if (status >= 400) throw new ErrorInAnswer(body, { status, headers: new Headers() })
    return { id, outcome: 'answered', answer: readBody(body, api) }
  } catch (thrown) {
    return { id, outcome: 'failed', error: classifyError(thrown, endpoint) }
  }
}

function readBody(body: unknown, api: keyof typeof FORMS) {
  // Read as trustfully as the SDK reads an answer: what is missing throws, and is classified.
  const words =
    api === 'chat'
      ? readChat(body as OpenAI.ChatCompletion)
      : readResponse(body as OpenAI.Responses.Response)
  return { ...words, requestId: null, durationMs: 0 }
}
