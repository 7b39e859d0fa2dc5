import type { Redis } from 'ioredis'
import { usesBatches } from '@capstan/scan-store/batches/uses-batches'
import type { ProviderFault } from '@capstan/shared/contract/problem'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { ScanForecast, ReadForecast } from '@capstan/scan-store/journal/eta/scan-forecast'
import type {
  CapacityBucket,
  ScanCapacity,
} from '@capstan/scan-store/journal/eta/estimate-eta-by-capacity'
import { findBlock } from '@capstan/limits/limiter/find-block'
import { openEndpointHealth, type EndpointHealthView } from '@capstan/limits/health/endpoint-health'
import { rankByHeadroom } from '@capstan/limits/limiter/rank-by-headroom'
import { DIMENSIONS, type Dimension } from '@capstan/shared/contract/observed-limits'
import type { Limiter, LimitsSnapshot } from '@capstan/limits/types'
import type { RedisKeys } from '@capstan/redis/keys'
import { readActiveScans } from '@capstan/scan-store/routes/active-scan'
import { resolveRoute, buildRouteQueueName } from '@capstan/scan-store/routes/route'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import { ANSWER_TOKENS } from '@capstan/shared/inference/answer-tokens'
import { readBatchWait } from './read-batch-wait.ts'
import { readRouteBlock, readBlockReason } from './read-block-reason.ts'
import { selectServingWorkers, describeMissingWorkers } from './serving-workers.ts'

export interface ForecastDeps {
  redis: Redis
  keys: RedisKeys
  limiter: Pick<Limiter, 'snapshot'>
}

interface AccountState {
  account: string
  snapshot: LimitsSnapshot
  health: EndpointHealthView
}

/** Forecasts of a route are shared for this time, because a scan may have hundreds of readers. */
const FRESH_MS = 500

/**
 * Creates the forecast of scans: the speed of calls by the slots of live workers and the limits of their accounts, or
 * the state of its batches, and whether any worker serves the provider.
 */
export function createForecast(deps: ForecastDeps): ReadForecast {
  const recent = new Map<string, { at: number; forecast: Promise<ScanForecast> }>()
  return (scan) => {
    const { id, provider, model } = scan
    const name = usesBatches(scan) ? id : `${provider} ${model}`
    const now = performance.now()
    const last = recent.get(name)
    if (last && now - last.at < FRESH_MS) return last.forecast
    for (const [old, { at }] of recent) if (now - at >= FRESH_MS) recent.delete(old)
    const forecast = readForecast(deps, scan)
    recent.set(name, { at: now, forecast })
    return forecast
  }
}

async function readForecast(deps: ForecastDeps, scan: Scan): Promise<ScanForecast> {
  const workers = await listWorkers(deps.redis, deps.keys)
  const warnings = describeMissingWorkers(workers, scan.provider)
  const standstill = await readBlockReason(deps, workers, scan)
  if (usesBatches(scan))
    return { blocked: standstill ?? (await readBatchWait(deps, scan.id)), warnings }
  const states = await readAccounts(deps, workers, scan)
  const capacity = await readCapacity(deps, { workers, states }, scan)
  // A limit of the accounts explains more than the queue pause that follows from it.
  const blocked =
    standstill ??
    capacity?.blocked ??
    (await readRouteBlock(deps, scan)) ??
    findLoweredLimit(states, selectServingWorkers(workers, scan.provider))
  return { capacity, blocked, fault: findLastFault(states), warnings }
}

function findLastFault(states: AccountState[]): ProviderFault | undefined {
  const faults = states.flatMap(({ health: { fault } }) => fault ?? [])
  return faults.toSorted((a, b) => b.at.localeCompare(a.at))[0]
}

async function readAccounts(
  { redis, keys, limiter }: ForecastDeps,
  workers: WorkerStatus[],
  { provider, model }: Scan,
): Promise<AccountState[]> {
  const eligible = selectServingWorkers(workers, provider)
  const health = openEndpointHealth(redis, keys)
  const names = eligible.flatMap(({ accounts }) =>
    accounts.filter((account) => account.provider === provider).map(({ name }) => name),
  )
  return Promise.all(
    [...new Set(names)].map(async (account) => {
      const reads = [
        limiter.snapshot({ account, model }),
        health.read({ provider, account, model }),
      ] as const
      const [snapshot, view] = await Promise.all(reads)
      return { account, snapshot, health: view }
    }),
  )
}

async function readCapacity(
  { redis, keys }: ForecastDeps,
  { workers, states }: { workers: WorkerStatus[]; states: AccountState[] },
  { provider, model }: Scan,
): Promise<ScanCapacity | undefined> {
  const eligible = selectServingWorkers(workers, provider)
  if (states.length === 0) return undefined
  const slots = eligible.reduce((sum, worker) => sum + worker.concurrency, 0)
  const queue = buildRouteQueueName(resolveRoute(provider, model))
  const active = await readActiveScans(redis, keys)
  const scans = Math.max(1, [...active.values()].filter((one) => one.queue === queue).length)
  const typesPerCall = Math.min(...eligible.map((worker) => worker.typesPerCall ?? 1))
  return combineCapacity(states, { slots, scans, typesPerCall })
}

interface Sharing {
  slots: number
  /** Unfinished scans of the route. */
  scans: number
  /** Maximum number of types in one multi-type prompt. */
  typesPerCall: number
}

/** Accounts of one provider add up. Concurrent scans share the capacity. */
function combineCapacity(
  states: AccountState[],
  { slots, scans, typesPerCall }: Sharing,
): ScanCapacity {
  const snapshots = states.map(({ snapshot }) => snapshot)
  const allowed = snapshots.reduce((sum, { concurrency }) => sum + concurrency.limit, 0)
  const known = snapshots.flatMap(({ latency }) => (latency ? [latency] : []))
  return {
    concurrency: Math.max(1, Math.min(slots, Math.floor(allowed)) / scans),
    inFlight: snapshots.reduce((sum, { concurrency }) => sum + concurrency.inFlight, 0) / scans,
    latency: known.toSorted((a, b) => a.medianMs - b.medianMs)[0] ?? null,
    blocked: findCommonBlock(states),
    buckets: DIMENSIONS.flatMap((dimension) =>
      combineBuckets(snapshots, dimension, { scans, typesPerCall }),
    ),
  }
}

/** Returns a block only when every account is blocked: that of the account that is free first. */
function findCommonBlock(states: AccountState[]): ScanCapacity['blocked'] {
  const [best] = rankByHeadroom(states)
  if (!best) return null
  const { account, snapshot, health } = best
  const block = findBlock(snapshot)
  if (block) return { account, ...block }
  const because = describeProbing(snapshot, health)
  return because === undefined ? null : { account, because, forMs: null }
}

/** Finds an account whose lowered concurrency limit allows fewer calls than there are worker slots. */
function findLoweredLimit(
  states: AccountState[],
  eligible: WorkerStatus[],
): ScanForecast['blocked'] {
  const slots = eligible.reduce((sum, { concurrency }) => sum + concurrency, 0)
  const limit = states.reduce(
    (sum, { snapshot }) => sum + Math.floor(snapshot.concurrency.limit),
    0,
  )
  const lowered = states.find(({ snapshot }) => snapshot.concurrency.decreaseReason !== null)
  if (!lowered || limit >= slots) return null
  const calls = `${limit} concurrent call${limit === 1 ? '' : 's'}`
  const because = `limited to ${calls}: ${lowered.snapshot.concurrency.decreaseReason}`
  return { account: lowered.account, because, forMs: null }
}

/** Describes why only single calls are made to probe the account. */
function describeProbing(
  { breaker }: LimitsSnapshot,
  { verdict, fault }: EndpointHealthView,
): string | undefined {
  if (breaker.state === 'half-open') {
    return ['circuit breaker half-open', breaker.reason].filter(Boolean).join(': ')
  }
  if (verdict === null) return undefined
  return ['probing with one call at a time', fault?.title].filter(Boolean).join(': ')
}

/** A dimension limits a scan only when every account has a limit for it. */
function combineBuckets(
  snapshots: LimitsSnapshot[],
  dimension: Dimension,
  { scans, typesPerCall }: Omit<Sharing, 'slots'>,
): CapacityBucket[] {
  const states = snapshots.map(({ dimensions }) => dimensions[dimension])
  const limits = states.flatMap((state) => (state ? [state] : []))
  if (limits.length < states.length) return []
  const { outputTokens, cachedTokens } = snapshots[0]?.estimate ?? NO_ESTIMATE
  const perMinute = limits.reduce((sum, { limit }) => sum + limit, 0)
  return [
    {
      perMs: perMinute / 60_000 / scans,
      available: limits.reduce((sum, { available }) => sum + available, 0) / scans,
      // A plan estimates the tokens of prompt and answer together.
      cost: (planned) =>
        dimension === 'requests'
          ? computeRequestsPerType(typesPerCall)
          : computeTokensPerType(dimension, planned - ANSWER_TOKENS, {
              outputTokens,
              cachedTokens,
            }),
    },
  ]
}

/** Share of types of a large cluster that are small enough for a multi-type prompt. */
const COALESCED_SHARE = 0.75

/** Requests for one type. Where requests are the limit, types wait, and waiting types fill multi-type prompts. */
function computeRequestsPerType(typesPerCall: number): number {
  return 1 - COALESCED_SHARE + COALESCED_SHARE / typesPerCall
}

const NO_ESTIMATE = { outputTokens: ANSWER_TOKENS, cachedTokens: 0 }

function computeTokensPerType(
  dimension: Exclude<Dimension, 'requests'>,
  inputTokens: number,
  { outputTokens, cachedTokens }: { outputTokens: number; cachedTokens: number },
): number {
  switch (dimension) {
    case 'input-tokens':
      return Math.max(0, inputTokens - cachedTokens)
    case 'output-tokens':
      return outputTokens
    case 'tokens':
      return inputTokens + outputTokens
  }
}
