import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { BATCH_WIRES } from './answer-batch-request.ts'
import type { BatchEndpoint, BatchExchange, SimBatchReply } from './batch-exchange.ts'
import type { Batch, BatchOutcome } from './batches.ts'
import { advanceBatch, type BatchPhase } from './finish-batch.ts'
import { createOpenAiFile } from './openai-files.ts'
import { cutPage } from './cut-page.ts'

const Create = z.object({
  input_file_id: z.string(),
  endpoint: z.string().refine((path) => BATCH_WIRES.has(path)),
  completion_window: z.literal('24h'),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
})
const Line = z.object({
  custom_id: z.string().min(1),
  method: z.literal('POST'),
  url: z.string(),
  body: z.unknown(),
})

/** OpenAI's `/v1/batches`. */
export const openAiBatchEndpoints: BatchEndpoint[] = [
  { action: 'create', method: 'POST', path: /^\/v1\/batches$/, reply: create },
  { action: 'list', method: 'GET', path: /^\/v1\/batches$/, reply: list },
  {
    action: 'retrieve',
    method: 'GET',
    path: /^\/v1\/batches\/(?<id>[^/]+)$/,
    reply: ({ state, account }, id) => {
      const batch = state.batches.find(account, id)
      return batch ? { json: view(state, batch) } : 'missing'
    },
  },
  {
    action: 'cancel',
    method: 'POST',
    path: /^\/v1\/batches\/(?<id>[^/]+)\/cancel$/,
    reply: cancel,
  },
]

function create({ state, account, text }: BatchExchange): SimBatchReply {
  const { input_file_id, endpoint, metadata } = Create.parse(JSON.parse(text))
  const file = state.batches.findFile(account, input_file_id)
  if (file?.purpose !== 'batch') throw new Error('there is no such input file')
  const lines = file.text.split('\n').filter((line) => line.trim() !== '')
  const requests = lines.map((line) => Line.parse(JSON.parse(line)))
  if (requests.length === 0 || requests.some(({ url }) => url !== endpoint)) {
    throw new Error('the lines do not fit the endpoint')
  }
  if (requests.length > state.config.batches.maxRequests) throw new Error('too many requests')
  const batch: Batch = {
    id: `batch_${randomBytes(12).toString('hex')}`,
    vendor: 'openai',
    account,
    requests: requests.map(({ custom_id, body }) => ({
      customId: custom_id,
      path: endpoint,
      body,
    })),
    createdAtSimMs: state.clock.nowMs(),
    createdAtMs: Date.now(),
    canceledAtSimMs: undefined,
    outcomes: undefined,
    metadata: metadata ?? null,
    inputFileId: input_file_id,
  }
  state.batches.add(batch)
  return { json: view(state, batch) }
}

function list({ state, account, url }: BatchExchange): SimBatchReply {
  const { page, hasMore } = cutPage(state.batches.of(account, 'openai'), url.searchParams, [
    'after',
    20,
  ])
  return {
    json: {
      object: 'list',
      data: page.map((batch) => view(state, batch)),
      first_id: page[0]?.id,
      last_id: page.at(-1)?.id,
      has_more: hasMore,
    },
  }
}

function cancel({ state, account }: BatchExchange, id: string): SimBatchReply {
  const batch = state.batches.find(account, id)
  if (!batch) return 'missing'
  batch.canceledAtSimMs ??= state.clock.nowMs()
  const seen = view(state, batch)
  return { json: seen.status === 'cancelled' ? { ...seen, status: 'cancelling' } : seen }
}

function view(state: BatchExchange['state'], batch: Batch) {
  const phase = advanceBatch(state, batch)
  const files = phase === 'ended' ? createResultFiles(state, batch) : {}
  const createdAt = toSeconds(batch.createdAtMs)
  const outcomes = batch.outcomes ?? []
  const completed = outcomes.filter(({ type }) => type === 'succeeded').length
  return {
    id: batch.id,
    object: 'batch',
    endpoint: batch.requests[0]?.path,
    errors: null,
    input_file_id: batch.inputFileId,
    completion_window: '24h',
    status: mapStatus(phase, batch),
    ...files,
    created_at: createdAt,
    in_progress_at: createdAt,
    expires_at: toSeconds(batch.createdAtMs + state.clock.realMs(state.config.batches.expiresMs)),
    request_counts: {
      total: batch.requests.length,
      completed,
      failed: outcomes.length - completed,
    },
    metadata: batch.metadata,
  }
}

function mapStatus(phase: BatchPhase, { outcomes, canceledAtSimMs }: Batch): string {
  if (phase === 'canceling') return 'cancelling'
  if (phase === 'in_progress') return 'in_progress'
  if (outcomes?.some(({ type }) => type === 'expired')) return 'expired'
  const isCut = outcomes?.some(({ type }) => type === 'canceled')
  return canceledAtSimMs !== undefined && isCut ? 'cancelled' : 'completed'
}

/** The results and errors of an ended batch, each in a file if there are any. */
function createResultFiles({ batches }: BatchExchange['state'], batch: Batch) {
  const lines = (batch.outcomes ?? []).map((outcome, index) => ({
    isAnswer: outcome.type === 'succeeded',
    text: JSON.stringify(buildResultLine(batch, outcome, index)),
  }))
  const write = (kind: string, isAnswer: boolean): string | undefined => {
    const chosen = lines.filter((one) => one.isAnswer === isAnswer).map(({ text }) => text)
    if (chosen.length === 0) return undefined
    const id = `file-${kind}-${batch.id.slice(6)}`
    const text = `${chosen.join('\n')}\n`
    batches.addFile(
      createOpenAiFile({
        id,
        account: batch.account,
        name: `${id}.jsonl`,
        purpose: 'batch_output',
        text,
      }),
    )
    return id
  }
  return { output_file_id: write('output', true), error_file_id: write('error', false) }
}

function buildResultLine(batch: Batch, outcome: BatchOutcome, index: number) {
  const id = `batch_req_${index}`
  const custom_id = batch.requests[index]?.customId
  switch (outcome.type) {
    case 'succeeded':
      return { id, custom_id, response: buildResponse(200, outcome.body, id), error: null }
    case 'errored':
      return {
        id,
        custom_id,
        response: buildResponse(outcome.status, outcome.body, id),
        error: null,
      }
    case 'canceled':
      return { id, custom_id, response: null, error: createLostError('batch_cancelled') }
    case 'expired':
      return { id, custom_id, response: null, error: createLostError('batch_expired') }
  }
}

function buildResponse(status_code: number, body: unknown, id: string) {
  return { status_code, request_id: `req_${id}`, body }
}

function createLostError(code: string) {
  return { code, message: 'This request could not be executed before the batch ended.' }
}

function toSeconds(ms: number): number {
  return Math.floor(ms / 1000)
}
