import { toFile } from 'openai'
import type OpenAI from 'openai'
import type { BatchModel, FoundBatch } from '@capstan/shared/inference/batch-types'
import { createBatchCall, type BatchCall } from './batch-call.ts'
import { ErrorInAnswer } from '../error-in-answer.ts'
import { openOpenAi, type OpenAiSettings } from '../openai-settings.ts'
import { createAdministrationFetch, createStreamingFetch } from '../provider-fetch.ts'
import { readOpenAiLine } from './read-openai-line.ts'
import { readId } from './read-id.ts'
import { readResultLines, type ResultLine } from './read-result-lines.ts'
import { buildChatRequest } from '../wire/chat-request.ts'
import { buildResponsesRequest } from '../wire/responses-request.ts'

/** Metadata key of the batch name. */
const NAME = 'capstan_batch'

const FORMS = {
  responses: { path: '/v1/responses', request: buildResponsesRequest },
  chat: { path: '/v1/chat/completions', request: buildChatRequest },
} as const

/** Opens the batch API of OpenAI: `/v1/files` and `/v1/batches`. */
export function openOpenAiBatches(settings: OpenAiSettings): (model: string) => BatchModel {
  const { client: base, endpoint, api } = openOpenAi(settings)
  const client = base.withOptions({ fetch: createAdministrationFetch() })
  const { files } = base.withOptions({ fetch: createStreamingFetch() })
  const call = createBatchCall(endpoint, settings.timeoutMs)
  const readResults = createResultReader(client, files, call)
  const { path, request } = FORMS[api]
  return (model) => ({
    submit: (name, questions, signal, dialect) =>
      call(signal, async (bounded) => {
        const lines = questions.map(({ id, question }) =>
          JSON.stringify(writeLine(id, path, request(model, question, dialect))),
        )
        const file = await toFile(Buffer.from(lines.join('\n')), `${name}.jsonl`)
        const uploaded = await client.files.create({ file, purpose: 'batch' }, { signal: bounded })
        const batch = await client.batches.create(
          {
            input_file_id: readId(uploaded),
            endpoint: path,
            completion_window: '24h',
            metadata: { [NAME]: name },
          },
          { signal: bounded },
        )
        return readId(batch)
      }),
    find: (name, { sinceMs }, signal) =>
      call(signal, (bounded) => findByName(client, name, sinceMs, bounded)),
    state: (id, signal) =>
      call(signal, async (bounded) =>
        mapStatus(await client.batches.retrieve(id, { signal: bounded })),
      ),
    answers: async function* answers(id, signal) {
      for await (const line of readResults(id, signal)) {
        const answer = readOpenAiLine(line, api, endpoint)
        if (answer) yield answer
      }
    },
    cancel: (id, signal) =>
      call(signal, async (bounded) => {
        const batch = await client.batches.retrieve(id, { signal: bounded })
        if (mapStatus(batch) === 'running' && batch.status !== 'cancelling') {
          await client.batches.cancel(id, { signal: bounded })
        }
      }),
  })
}

function writeLine(id: string, path: string, body: object) {
  return { custom_id: id, method: 'POST', url: path, body }
}

/** Reads the lines of both result files of a batch: answers and errors. */
function createResultReader(client: OpenAI, files: OpenAI['files'], call: BatchCall) {
  return async function* readResults(id: string, signal: AbortSignal): AsyncGenerator<ResultLine> {
    const batch = await call(signal, (bounded) => client.batches.retrieve(id, { signal: bounded }))
    for (const file of [batch.output_file_id, batch.error_file_id]) {
      if (!file) continue
      const open = async (bounded: AbortSignal): Promise<Response> =>
        files.content(file, { signal: bounded })
      yield* readResultLines({ call, signal, open })
    }
  }
}

function mapStatus(batch: OpenAI.Batch): 'running' | 'ended' | 'failed' {
  switch (batch.status) {
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
    // A gateway may send any status.
    default:
      throw new ErrorInAnswer(batch, { status: 200, headers: new Headers() })
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
