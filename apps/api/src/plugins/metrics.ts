import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'
import type { App } from '../app-types.ts'
import type { DayView } from '@capstan/shared/contract/day'
import type { BatchCounts } from '../providers/count-batches.ts'
import type { QueueStatus } from '../queue/read-queue-status.ts'
import { VERSION } from '../version.ts'

/** What this process counts. Counters are per process: sum them. No ids and no resource names as labels. */
export interface ApiMetrics {
  registry: Registry
  eventsSent: (frames: number) => void
  mended: (what: string, count: number) => void
  /** Counts types that a plan recorded from stored answers. */
  answersStored: (count: number) => void
}

/** A registry of its own, so that several servers fit into one process. */
export function createMetrics(): ApiMetrics {
  const registry = new Registry()
  const registers = [registry]
  new Gauge({
    name: 'capstan_build_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'],
    registers,
  }).set({ version: VERSION }, 1)
  const sent = new Counter({
    name: 'capstan_sse_events_sent_total',
    help: 'SSE frames written to readers.',
    registers,
  })
  const mended = new Counter({
    name: 'capstan_reconciled_total',
    help: 'Disagreements of journal and queue that were put right.',
    labelNames: ['what'],
    registers,
  })
  const cacheHits = new Counter({
    name: 'capstan_cache_hits_total',
    help: 'Answers that were not paid for again.',
    labelNames: ['kind'],
    registers,
  })
  return {
    registry,
    answersStored: (count) => cacheHits.inc({ kind: 'plan' }, count),
    eventsSent: (frames) => sent.inc(frames),
    mended: (what, count) => mended.inc({ what }, count),
  }
}

/** Values that are read when somebody asks for the metrics. */
export interface GaugeSources {
  streams: () => number
  queue: () => Promise<QueueStatus>
  accounts: () => Promise<AccountGauge[]>
  batches: () => Promise<BatchCounts>
  today: () => Promise<DayView>
}

/** One model of an account, as all workers see it. */
export interface AccountGauge {
  provider: string
  account: string
  model: string
  breaker: 'closed' | 'half-open' | 'open'
  /** Most calls at once that the controller lets through now. */
  concurrencyLimit: number
  /** Until a pause or an open breaker ends; 0 when calls may start. */
  pausedMs: number
}

const BREAKER_STATES = { closed: 0, 'half-open': 1, open: 2 }

/** Times every request and serves /metrics. */
export function installMetrics(app: App, { registry }: ApiMetrics, sources: GaugeSources): void {
  const durations = new Histogram({
    name: 'capstan_http_request_duration_seconds',
    help: 'Time to answer, without event streams.',
    labelNames: ['method', 'route', 'status_class'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    if (String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream')) return
    const route = request.routeOptions.url ?? 'none'
    const status = `${Math.floor(reply.statusCode / 100)}xx`
    const labels = { method: request.method, route, status_class: status }
    durations.observe(labels, reply.elapsedTime / 1000)
  })
  const refresh = addGauges(registry, sources)
  app.get('/metrics', { config: { access: 'read' }, schema: { hide: true } }, async (_, reply) => {
    await refresh()
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}

function addGauges(registry: Registry, sources: GaugeSources): () => Promise<void> {
  const registers = [registry]
  const connections = new Gauge({
    name: 'capstan_sse_connections',
    help: 'Event streams open on this replica.',
    registers,
  })
  const setQueue = addQueueGauges(registry)
  const setAccounts = addAccountGauges(registry)
  const setBatches = addBatchGauges(registry)
  const setToday = addDayGauges(registry)
  return async () => {
    connections.set(sources.streams())
    // A scrape must also work while Redis is away; the old values stay.
    const [queue, accounts, batches, today] = await Promise.all([
      sources.queue().catch(() => undefined),
      sources.accounts().catch(() => undefined),
      sources.batches().catch(() => undefined),
      sources.today().catch(() => undefined),
    ])
    if (today) setToday(today)
    if (accounts) setAccounts(accounts)
    if (batches) setBatches(batches)
    if (!queue) return
    setQueue(queue)
  }
}

/** Series of live routes only, whose number is bounded. */
function addQueueGauges(registry: Registry): (queue: QueueStatus) => void {
  const registers = [registry]
  const same = 'The same on every replica: use max().'
  const desired = new Gauge({
    name: 'capstan_desired_workers',
    help: `Worker processes the backlog can keep busy. ${same}`,
    registers,
  })
  const gauge = (name: string, help: string, more: string[] = []) =>
    new Gauge({ name, help: `${help} ${same}`, labelNames: ['route', ...more], registers })
  const jobs = gauge('capstan_queue_jobs', 'Jobs of a route by state.', ['state'])
  const limits = gauge(
    'capstan_queue_rate_limit',
    'Most starts of jobs of a route in one minute; no series while it is not known.',
  )
  const paused = gauge(
    'capstan_queue_paused_seconds',
    'Time until a paused route goes on; no series while it is not paused.',
  )
  return ({ desiredWorkers, routes }) => {
    desired.set(desiredWorkers)
    for (const one of [jobs, limits, paused]) one.reset()
    for (const { queue: route, counts, rateLimit, pause } of routes) {
      for (const [state, count] of Object.entries(counts)) jobs.set({ route, state }, count)
      if (rateLimit) limits.set({ route }, rateLimit.max)
      if (pause) paused.set({ route }, Math.max(0, Date.parse(pause.until) - Date.now()) / 1_000)
    }
  }
}

function addBatchGauges(registry: Registry): (counts: BatchCounts) => void {
  const registers = [registry]
  const same = 'The same on every replica: use max().'
  const open = new Gauge({
    name: 'capstan_batches_open',
    help: `Batches that are with a provider. ${same}`,
    registers,
  })
  const questions = new Gauge({
    name: 'capstan_batch_questions',
    help: `Questions that wait for a batch, are in one, or whose answer waits for its type. ${same}`,
    labelNames: ['state'] as const,
    registers,
  })
  const oldest = new Gauge({
    name: 'capstan_batch_oldest_age_seconds',
    help: `Age of the oldest open batch, 0 without one. ${same}`,
    registers,
  })
  return (counts) => {
    open.set(counts.open)
    for (const [state, count] of Object.entries(counts.questions)) questions.set({ state }, count)
    oldest.set(counts.oldestMs / 1_000)
  }
}

function addDayGauges(registry: Registry): (today: DayView) => void {
  const same = 'The same on every replica: use max().'
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help: `${help} ${same}`, labelNames: ['state'], registers: [registry] })
  const tokens = gauge(
    'capstan_day_tokens',
    'Tokens of all scans today (UTC): spent, those of them whose price is unknown or whose number is estimated, set aside, and the limit.',
  )
  const cost = gauge(
    'capstan_day_cost_usd',
    'Known cost of all scans today (UTC): spent, set aside, and the limit.',
  )
  return (today) => {
    for (const one of [tokens, cost]) one.reset()
    tokens.set({ state: 'spent' }, today.tokens)
    tokens.set({ state: 'unpriced' }, today.unpricedTokens)
    tokens.set({ state: 'estimated' }, today.estimatedTokens)
    tokens.set({ state: 'reserved' }, today.reservedTokens)
    cost.set({ state: 'spent' }, today.knownCostUsd)
    cost.set({ state: 'reserved' }, today.reservedCostUsd)
    if (today.maxTokens !== undefined) tokens.set({ state: 'limit' }, today.maxTokens)
    if (today.maxCostUsd !== undefined) cost.set({ state: 'limit' }, today.maxCostUsd)
  }
}

function addAccountGauges(registry: Registry): (accounts: AccountGauge[]) => void {
  const labelNames = ['provider', 'account', 'model'] as const
  const registers = [registry]
  const breakers = new Gauge({
    name: 'capstan_circuit_breaker_state',
    help: '0 closed, 1 half-open, 2 open. The same on every replica: use max().',
    labelNames,
    registers,
  })
  const ceilings = new Gauge({
    name: 'capstan_llm_concurrency_limit',
    help: 'Most calls at once that the controller lets through now. The same on every replica: use max().',
    labelNames,
    registers,
  })
  const pauses = new Gauge({
    name: 'capstan_llm_paused_seconds',
    help: 'Time until a pause or an open circuit breaker ends; none for what may be called. The same on every replica: use max().',
    labelNames,
    registers,
  })
  return (accounts) => {
    // An account whose workers are gone must not stay open for ever.
    for (const gauge of [breakers, ceilings, pauses]) gauge.reset()
    for (const { breaker, concurrencyLimit, pausedMs, ...labels } of accounts) {
      breakers.set(labels, BREAKER_STATES[breaker])
      ceilings.set(labels, concurrencyLimit)
      if (pausedMs > 0) pauses.set(labels, pausedMs / 1_000)
    }
  }
}
