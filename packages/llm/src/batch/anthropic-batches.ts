import type Anthropic from '@anthropic-ai/sdk'
import { z } from 'zod'
import type { BatchModel, FoundBatch } from '@capstan/shared/inference/batch-types'
import type { AnthropicSettings } from '../anthropic-settings.ts'
import { openAnthropic } from '../anthropic-settings.ts'
import { createBatchCall, type BatchCall } from './batch-call.ts'
import { createAdministrationFetch, createStreamingFetch } from '../provider-fetch.ts'
import { readAnthropicLine } from './read-anthropic-line.ts'
import { readId } from './read-id.ts'
import { readResultLines, type ResultLine } from './read-result-lines.ts'
import { buildMessageRequest } from '../wire/message-request.ts'

/** Opens the batch API `/v1/messages/batches` of Claude models. A batch has no name there, so the ids of its requests contain it. */
export function openAnthropicBatches(settings: AnthropicSettings): (model: string) => BatchModel {
  const { client: base, endpoint } = openAnthropic(settings)
  const client = base.withOptions({ fetch: createAdministrationFetch() })
  const results = base.withOptions({ fetch: createStreamingFetch() })
  const call = createBatchCall(endpoint, settings.timeoutMs)
  const readResults = (id: string, signal: AbortSignal): AsyncGenerator<ResultLine> =>
    readResultLines({ call, signal, open: async (bounded) => openResults(results, id, bounded) })
  const { batches } = client.messages
  return (model) => ({
    submit: (_name, questions, signal, dialect) =>
      call(signal, async (bounded) => {
        const requests = questions.map(({ id, question }) => ({
          custom_id: id,
          params: buildMessageRequest(model, question, dialect),
        }))
        return readId(await batches.create({ requests }, { signal: bounded }))
      }),
    find: (name, { sinceMs, known }, signal) =>
      findByQuestions({ client, call, readResults }, { name, sinceMs, known }, signal),
    state: (id, signal) =>
      call(signal, async (bounded) => {
        const batch = await batches.retrieve(id, {}, { signal: bounded })
        readId(batch)
        return batch.processing_status === 'ended' ? 'ended' : 'running'
      }),
    answers: async function* answers(id, signal) {
      for await (const line of readResults(id, signal)) {
        const answer = readAnthropicLine(line, endpoint)
        if (answer) yield answer
      }
    },
    cancel: (id, signal) =>
      call(signal, async (bounded) => {
        const { processing_status } = await batches.retrieve(id, {}, { signal: bounded })
        if (processing_status === 'in_progress') await batches.cancel(id, {}, { signal: bounded })
      }),
  })
}

/** Downloads from the configured base URL. The URL in the batch may name another server, which would receive the key. */
async function openResults(client: Anthropic, id: string, signal: AbortSignal): Promise<Response> {
  const path = `/v1/messages/batches/${encodeURIComponent(id)}/results`
  return client.get(path, { signal, headers: { accept: 'application/binary' } }).asResponse()
}

interface Finder {
  client: Anthropic
  call: BatchCall
  readResults: (id: string, signal: AbortSignal) => AsyncGenerator<ResultLine>
}

async function findByQuestions(
  { client, call, readResults }: Finder,
  { name, sinceMs, known }: { name: string; sinceMs: number; known: readonly string[] },
  signal: AbortSignal,
): Promise<FoundBatch> {
  const recent = await call(signal, async (bounded) => listSince(client, sinceMs, bounded))
  const others = recent.filter(({ id }) => !known.includes(id))
  for (const { id, processing_status: status } of others) {
    if (status !== 'ended') continue
    for await (const line of readResults(id, signal)) {
      if (readQuestionId(line).startsWith(`${name}-`)) return { outcome: 'found', id }
      break
    }
  }
  const isSure = others.every(({ processing_status: status }) => status === 'ended')
  return { outcome: isSure ? 'absent' : 'unsure' }
}

type Batch = Anthropic.Messages.MessageBatch

async function listSince(
  client: Anthropic,
  sinceMs: number,
  signal: AbortSignal,
): Promise<Batch[]> {
  const recent: Batch[] = []
  for await (const batch of client.messages.batches.list({ limit: 100 }, { signal })) {
    // Newest first.
    if (Date.parse(batch.created_at) < sinceMs) break
    recent.push(batch)
  }
  return recent
}

const IdentifiedLine = z.object({ custom_id: z.string() })

function readQuestionId(line: ResultLine): string {
  if (line.outcome === 'unreadable') return line.id
  return IdentifiedLine.safeParse(line.value).data?.custom_id ?? ''
}
