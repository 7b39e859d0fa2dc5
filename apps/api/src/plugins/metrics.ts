import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'
import type { App } from '../app-types.ts'
import type { Plan, PlanEntry } from '@capstan/scan-store/journal/types'
import type { DailyBudgetView } from '@capstan/shared/contract/daily-budget'
import type { AccountGauge } from '../providers/account-view.ts'
import type { BatchCounts } from '../providers/count-batches.ts'
import type { QueueStatus } from '@capstan/shared/contract/queue/queue-status'
import { SERVER_VERSION } from '../version.ts'

/** Metrics of this process. Counters are per process: use sum(). Labels never contain ids or resource names. */
export interface ApiMetrics {
  registry: Registry
  eventsSent: (frames: number) => void
  reconciled: (what: string, count: number) => void
  /** Counts an attempt to send a message to a webhook. */
  webhookAttempt: (outcome: 'delivered' | 'retried' | 'dead') => void
  /** Counts the types that a plan has ended: those with a curated or a stored answer, unchanged and undescribable ones. */
  typesPlanned: (plan: Pick<Plan, 'entries'>) => void
}

/** Creates a registry of its own, so that one process can hold several servers. */
export function createMetrics(): ApiMetrics {
  const registry = new Registry()
  const registers = [registry]
  new Gauge({
    name: 'capstan_build_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'],
    registers,
  }).set({ version: SERVER_VERSION }, 1)
  const sent = new Counter({
    name: 'capstan_sse_events_sent_total',
    help: 'SSE frames sent to clients.',
    registers,
  })
  const reconciled = new Counter({
    name: 'capstan_reconciled_total',
    help: 'Differences between journal and queue that were repaired.',
    labelNames: ['what'],
    registers,
  })
  const cacheHits = new Counter({
    name: 'capstan_cache_hits_total',
    help: 'Stored answers that were reused.',
    labelNames: ['kind'] as const,
    registers,
  })
  const resources = new Counter({
    name: 'capstan_resources_total',
    help: 'Types that ended in this process, by outcome, reason and source of the answer.',
    labelNames: ['outcome', 'reason', 'source'] as const,
    registers,
  })
  const webhookAttempts = new Counter({
    name: 'capstan_webhook_attempts_total',
    help: 'Attempts to send a message to a webhook: delivered, retried later, or dead.',
    labelNames: ['outcome'] as const,
    registers,
  })
  return {
    registry,
    webhookAttempt: (outcome) => webhookAttempts.inc({ outcome }),
    typesPlanned: ({ entries }) => {
      for (const entry of entries) countPlannedType(entry, { resources, cacheHits })
    },
    eventsSent: (frames) => sent.inc(frames),
    reconciled: (what, count) => reconciled.inc({ what }, count),
  }
}

interface PlanCounters {
  resources: Counter<'outcome' | 'reason' | 'source'>
  cacheHits: Counter<'kind'>
}

/** Outcomes and reasons are those of types that end in a worker. */
function countPlannedType(entry: PlanEntry, { resources, cacheHits }: PlanCounters): void {
  switch (entry.action) {
    case 'curated':
      resources.inc({ outcome: 'succeeded', reason: 'answered', source: 'curated' })
      return
    case 'stored':
      resources.inc({ outcome: 'succeeded', reason: 'cached', source: entry.source })
      cacheHits.inc({ kind: 'plan' })
      return
    case 'unchanged':
      resources.inc({ outcome: 'skipped', reason: 'unchanged' })
      return
    case 'undescribable':
      resources.inc({ outcome: 'failed', reason: 'schema_unavailable' })
      return
    case 'analyze':
  }
}

/** Values that are read for each scrape. */
export interface GaugeSources {
  streams: () => number
  queue: () => Promise<QueueStatus>
  accounts: () => Promise<AccountGauge[]>
  batches: () => Promise<BatchCounts>
  dailyBudget: () => Promise<DailyBudgetView>
}

const BREAKER_STATES = { closed: 0, 'half-open': 1, open: 2 }

/** Measures every request and serves /metrics. */
export function installMetrics(app: App, { registry }: ApiMetrics, sources: GaugeSources): void {
  const durations = new Histogram({
    name: 'capstan_http_request_duration_seconds',
    help: 'Duration of HTTP requests, without event streams.',
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
  app.get('/metrics', { schema: { hide: true } }, async (_, reply) => {
    await refresh()
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}

function addGauges(registry: Registry, sources: GaugeSources): () => Promise<void> {
  const registers = [registry]
  const connections = new Gauge({
    name: 'capstan_sse_connections',
    help: 'Open event streams of this replica.',
    registers,
  })
  const setQueue = addQueueGauges(registry)
  const setAccounts = addAccountGauges(registry)
  const setBatches = addBatchGauges(registry)
  const setDailyBudget = addDailyBudgetGauges(registry)
  return async () => {
    connections.set(sources.streams())
    // A scrape must work while Redis is unreachable; gauges keep their last values.
    const [queue, accounts, batches, dailyBudget] = await Promise.all([
      sources.queue().catch(() => undefined),
      sources.accounts().catch(() => undefined),
      sources.batches().catch(() => undefined),
      sources.dailyBudget().catch(() => undefined),
    ])
    if (dailyBudget) setDailyBudget(dailyBudget)
    if (accounts) setAccounts(accounts)
    if (batches) setBatches(batches)
    if (!queue) return
    setQueue(queue)
  }
}

/** Adds gauges of live routes, whose number is bounded. */
function addQueueGauges(registry: Registry): (queue: QueueStatus) => void {
  const registers = [registry]
  const same = 'Equal on every replica: use max().'
  const desired = new Gauge({
    name: 'capstan_desired_workers',
    help: `Worker processes that the backlog can keep busy. ${same}`,
    registers,
  })
  const gauge = (name: string, help: string, more: string[] = []) =>
    new Gauge({ name, help: `${help} ${same}`, labelNames: ['route', ...more], registers })
  const jobs = gauge('capstan_queue_jobs', 'Jobs of a route by state.', ['state'])
  const limits = gauge(
    'capstan_queue_rate_limit',
    'Maximum job starts of a route in one minute; no series while it is unknown.',
  )
  const paused = gauge(
    'capstan_queue_paused_seconds',
    'Time until a paused route resumes; no series while it is not paused.',
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
  const same = 'Equal on every replica: use max().'
  const open = new Gauge({
    name: 'capstan_batches_open',
    help: `Batches in progress at a provider. ${same}`,
    registers,
  })
  const requests = new Gauge({
    name: 'capstan_batch_requests',
    help: `Model requests by state: waiting for a batch, submitted in one, or answered but not yet stored. ${same}`,
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
    for (const [state, count] of Object.entries(counts.requests)) requests.set({ state }, count)
    oldest.set(counts.oldestMs / 1_000)
  }
}

function addDailyBudgetGauges(registry: Registry): (budget: DailyBudgetView) => void {
  const same = 'Equal on every replica: use max().'
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help: `${help} ${same}`, labelNames: ['state'], registers: [registry] })
  const tokens = gauge(
    'capstan_daily_budget_tokens',
    'Tokens of all scans today (UTC) by state: spent, the unpriced and the estimated part of them, reserved, and the limit.',
  )
  const cost = gauge(
    'capstan_daily_budget_cost_usd',
    'Known cost of all scans today (UTC) by state: spent, reserved, and the limit.',
  )
  return (budget) => {
    for (const one of [tokens, cost]) one.reset()
    tokens.set({ state: 'spent' }, budget.tokens)
    tokens.set({ state: 'unpriced' }, budget.unpricedTokens)
    tokens.set({ state: 'estimated' }, budget.estimatedTokens)
    tokens.set({ state: 'reserved' }, budget.reservedTokens)
    cost.set({ state: 'spent' }, budget.knownCostUsd)
    cost.set({ state: 'reserved' }, budget.reservedCostUsd)
    if (budget.maxTokens !== undefined) tokens.set({ state: 'limit' }, budget.maxTokens)
    if (budget.maxCostUsd !== undefined) cost.set({ state: 'limit' }, budget.maxCostUsd)
  }
}

function addAccountGauges(registry: Registry): (accounts: AccountGauge[]) => void {
  const labelNames = ['provider', 'account', 'model'] as const
  const registers = [registry]
  const breakers = new Gauge({
    name: 'capstan_circuit_breaker_state',
    help: '0 closed, 1 half-open, 2 open. Equal on every replica: use max().',
    labelNames,
    registers,
  })
  const ceilings = new Gauge({
    name: 'capstan_llm_concurrency_limit',
    help: 'Current ceiling of calls in flight. Equal on every replica: use max().',
    labelNames,
    registers,
  })
  const pauses = new Gauge({
    name: 'capstan_llm_paused_seconds',
    help: 'Time until a pause or an open circuit breaker ends; no series when calls may start. Equal on every replica: use max().',
    labelNames,
    registers,
  })
  return (accounts) => {
    // Accounts without workers must not keep their last state.
    for (const gauge of [breakers, ceilings, pauses]) gauge.reset()
    for (const { breaker, concurrencyLimit, pausedMs, ...labels } of accounts) {
      breakers.set(labels, BREAKER_STATES[breaker])
      ceilings.set(labels, concurrencyLimit)
      if (pausedMs > 0) pauses.set(labels, pausedMs / 1_000)
    }
  }
}
