import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { anthropicMessages } from '../wires/anthropic-messages.ts'
import type { BatchEndpoint, BatchExchange, SimBatchReply } from './batch-exchange.ts'
import type { Batch, BatchOutcome } from './batches.ts'
import { advanceBatch } from './finish-batch.ts'
import { cutPage } from './cut-page.ts'

const Create = z.object({
  requests: z
    .array(z.object({ custom_id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), params: z.unknown() }))
    .min(1)
    .refine((all) => new Set(all.map(({ custom_id }) => custom_id)).size === all.length),
})

const PATH = '/v1/messages/batches'

/** Anthropic's `/v1/messages/batches`. */
export const anthropicBatchEndpoints: BatchEndpoint[] = [
  { action: 'create', method: 'POST', path: new RegExp(`^${PATH}$`), reply: create },
  { action: 'list', method: 'GET', path: new RegExp(`^${PATH}$`), reply: list },
  {
    action: 'retrieve',
    method: 'GET',
    path: new RegExp(`^${PATH}/(?<id>[^/]+)$`),
    reply: (exchange, id) => withBatch(exchange, id, (batch) => view(exchange, batch)),
  },
  {
    action: 'cancel',
    method: 'POST',
    path: new RegExp(`^${PATH}/(?<id>[^/]+)/cancel$`),
    reply: (exchange, id) =>
      withBatch(exchange, id, (batch) => {
        batch.canceledAtSimMs ??= exchange.state.clock.nowMs()
        // Like the real service, a batch ends a moment after it was canceled.
        return { ...view(exchange, batch), processing_status: 'canceling' }
      }),
  },
  {
    action: 'results',
    method: 'GET',
    path: new RegExp(`^${PATH}/(?<id>[^/]+)/results$`),
    reply: listResults,
  },
]

function create({ state, account, text, request }: BatchExchange): SimBatchReply {
  const { requests } = Create.parse(JSON.parse(text))
  if (requests.length > state.config.batches.maxRequests) throw new Error('too many requests')
  const batch: Batch = {
    id: `msgbatch_${randomBytes(12).toString('hex')}`,
    vendor: 'anthropic',
    account,
    requests: requests.map(({ custom_id, params }) => ({
      customId: custom_id,
      path: anthropicMessages.path,
      body: params,
    })),
    createdAtSimMs: state.clock.nowMs(),
    createdAtMs: Date.now(),
    canceledAtSimMs: undefined,
    outcomes: undefined,
    metadata: null,
    inputFileId: '',
  }
  state.batches.add(batch)
  return { json: view({ state, request }, batch) }
}

function list({ state, account, url, request }: BatchExchange): SimBatchReply {
  const { page, hasMore } = cutPage(state.batches.of(account, 'anthropic'), url.searchParams, [
    'after_id',
    20,
  ])
  return {
    json: {
      data: page.map((batch) => view({ state, request }, batch)),
      has_more: hasMore,
      first_id: page[0]?.id ?? null,
      last_id: page.at(-1)?.id ?? null,
    },
  }
}

function listResults(exchange: BatchExchange, id: string): SimBatchReply {
  const batch = exchange.state.batches.find(exchange.account, id)
  if (!batch || advanceBatch(exchange.state, batch) !== 'ended') return 'missing'
  const outcomes = batch.outcomes ?? []
  // Like the real service, results are in no particular order.
  return {
    lines: outcomes.map((outcome, index) => buildResultLine(batch, outcome, index)).toReversed(),
  }
}

function buildResultLine(batch: Batch, outcome: BatchOutcome, index: number) {
  const custom_id = batch.requests[index]?.customId
  switch (outcome.type) {
    case 'succeeded':
      return { custom_id, result: { type: 'succeeded', message: asBatched(outcome.body) } }
    case 'errored':
      return { custom_id, result: { type: 'errored', error: outcome.body } }
    case 'canceled':
    case 'expired':
      return { custom_id, result: { type: outcome.type } }
  }
}

function asBatched(message: unknown): unknown {
  const { usage } = z.looseObject({ usage: z.looseObject({}) }).parse(message)
  return Object.assign({}, message, { usage: { ...usage, service_tier: 'batch' } })
}

function withBatch(
  { state, account }: BatchExchange,
  id: string,
  reply: (batch: Batch) => unknown,
): SimBatchReply {
  const batch = state.batches.find(account, id)
  return batch ? { json: reply(batch) } : 'missing'
}

function view({ state, request }: Pick<BatchExchange, 'state' | 'request'>, batch: Batch) {
  const phase = advanceBatch(state, batch)
  const { canceledAtSimMs, createdAtMs, createdAtSimMs } = batch
  const wall = (simMs: number) =>
    new Date(createdAtMs + state.clock.realMs(simMs - createdAtSimMs)).toISOString()
  const ended = phase === 'ended'
  return {
    id: batch.id,
    type: 'message_batch',
    processing_status: phase,
    request_counts: countOutcomes(batch),
    created_at: wall(createdAtSimMs),
    expires_at: wall(createdAtSimMs + state.config.batches.expiresMs),
    ended_at: ended ? wall(state.clock.nowMs()) : null,
    archived_at: null,
    cancel_initiated_at: canceledAtSimMs === undefined ? null : wall(canceledAtSimMs),
    results_url: ended ? `http://${request.headers.host}${PATH}/${batch.id}/results` : null,
  }
}

function countOutcomes({ requests, outcomes }: Batch) {
  const count = (type: BatchOutcome['type']) =>
    outcomes?.filter((outcome) => outcome.type === type).length ?? 0
  return {
    processing: outcomes ? 0 : requests.length,
    succeeded: count('succeeded'),
    errored: count('errored'),
    canceled: count('canceled'),
    expired: count('expired'),
  }
}
