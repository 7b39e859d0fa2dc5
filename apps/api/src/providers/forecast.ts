import type { Redis } from 'ioredis'
import { usesBatches } from '@capstan/scan-store/batches/uses-batches'
import type { ProviderFault } from '@capstan/shared/contract/problem'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { ScanForecast, ReadForecast } from '@capstan/scan-store/journal/outlook'
import type { CapacityBucket, ScanCapacity } from '@capstan/scan-store/journal/work-eta'
import { blockOf } from '@capstan/limits/block-of'
import { limitKeyFor } from '@capstan/limits/limit-key'
import { openRouteHealth, type RouteHealthView } from '@capstan/limits/route-health'
import { rankByHeadroom } from '@capstan/limits/rank-by-headroom'
import { DIMENSIONS, type Dimension } from '@capstan/shared/contract/observed-limits'
import type { Limiter, LimitsSnapshot } from '@capstan/limits/types'
import type { RedisKeys } from '@capstan/redis/keys'
import { readActiveScans } from '@capstan/scan-store/routes/active-scan'
import { resolveRoute, buildRouteQueueName } from '@capstan/scan-store/routes/route'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import { ANSWER_TOKENS } from '@capstan/shared/inference/answer-tokens'
import { inBatches } from './read-batch-wait.ts'
import { readRouteBlock, readStandstill } from './read-block-reason.ts'
import { serving } from './serving-workers.ts'
import { unserved } from '../limits/unserved.ts'

export interface OutlookDeps {
  redis: Redis
  keys: RedisKeys
  limiter: Pick<Limiter, 'snapshot'>
}

interface Look {
  account: string
  snapshot: LimitsSnapshot
  health: RouteHealthView
}

/** Hundreds of readers of one scan need one look. */
const FRESH_MS = 500

/**
 * What lies before a scan: how fast its calls may go by the slots of live workers and the limits of the accounts they
 * hold, or where its batches are, and whether anybody serves it at all.
 */
export function openOutlook(deps: OutlookDeps): ReadForecast {
  const looks = new Map<string, { at: number; outlook: Promise<ScanForecast> }>()
  return (scan) => {
    const { id, provider, model } = scan
    const name = usesBatches(scan) ? id : `${provider} ${model}`
    const now = performance.now()
    const last = looks.get(name)
    if (last && now - last.at < FRESH_MS) return last.outlook
    for (const [old, { at }] of looks) if (now - at >= FRESH_MS) looks.delete(old)
    const outlook = look(deps, scan)
    looks.set(name, { at: now, outlook })
    return outlook
  }
}

async function look(deps: OutlookDeps, scan: Scan): Promise<ScanForecast> {
  const workers = await listWorkers(deps.redis, deps.keys)
  const warnings = unserved(workers, scan.provider)
  const standstill = await readStandstill(deps, workers, scan)
  if (usesBatches(scan))
    return { blocked: standstill ?? (await inBatches(deps, scan.id)), warnings }
  const looks = await lookAtAccounts(deps, workers, scan)
  const capacity = await capacityNow(deps, { workers, looks }, scan)
  // A limit of its accounts says more than the pause of the queue that came of it.
  const blocked =
    standstill ??
    capacity?.blocked ??
    (await readRouteBlock(deps, scan)) ??
    loweredBy(looks, serving(workers, scan.provider))
  return { capacity, blocked, fault: lastFault(looks), warnings }
}

function lastFault(looks: Look[]): ProviderFault | undefined {
  const faults = looks.flatMap(({ health: { fault } }) => fault ?? [])
  return faults.toSorted((a, b) => b.at.localeCompare(a.at))[0]
}

async function lookAtAccounts(
  { redis, keys, limiter }: OutlookDeps,
  workers: WorkerStatus[],
  { provider, model }: Scan,
): Promise<Look[]> {
  const ours = serving(workers, provider)
  const health = openRouteHealth(redis, keys)
  const names = ours.flatMap(({ accounts }) =>
    accounts.filter((account) => account.provider === provider).map(({ name }) => name),
  )
  return Promise.all(
    [...new Set(names)].map(async (account) => {
      const looks = [
        limiter.snapshot(limitKeyFor(account, model)),
        health.read({ provider, account, model }),
      ] as const
      const [snapshot, view] = await Promise.all(looks)
      return { account, snapshot, health: view }
    }),
  )
}

async function capacityNow(
  { redis, keys }: OutlookDeps,
  { workers, looks }: { workers: WorkerStatus[]; looks: Look[] },
  { provider, model }: Scan,
): Promise<ScanCapacity | undefined> {
  const ours = serving(workers, provider)
  if (looks.length === 0) return undefined
  const slots = ours.reduce((sum, worker) => sum + worker.concurrency, 0)
  const queue = buildRouteQueueName(resolveRoute(provider, model))
  const active = await readActiveScans(redis, keys)
  const scans = Math.max(1, [...active.values()].filter((one) => one.queue === queue).length)
  const pack = Math.min(...ours.map((worker) => worker.pack ?? 1))
  return capacityOf(looks, { slots, scans, pack })
}

interface Sharing {
  slots: number
  /** Unfinished ones of the route. */
  scans: number
  /** Most types in one call. */
  pack: number
}

/** Accounts of one provider add up; scans that run at the same time share what there is. */
function capacityOf(looks: Look[], { slots, scans, pack }: Sharing): ScanCapacity {
  const snapshots = looks.map(({ snapshot }) => snapshot)
  const allowed = snapshots.reduce((sum, { concurrency }) => sum + concurrency.limit, 0)
  const known = snapshots.flatMap(({ latency }) => (latency ? [latency] : []))
  return {
    concurrency: Math.max(1, Math.min(slots, Math.floor(allowed)) / scans),
    inFlight: snapshots.reduce((sum, { concurrency }) => sum + concurrency.inFlight, 0) / scans,
    latency: known.toSorted((a, b) => a.medianMs - b.medianMs)[0] ?? null,
    blocked: blockedBy(looks),
    buckets: DIMENSIONS.flatMap((dimension) => bucketOf(snapshots, dimension, { scans, pack })),
  }
}

/** Only when every account is blocked; then the one that is free first says for how long. */
function blockedBy(looks: Look[]): ScanCapacity['blocked'] {
  const [best] = rankByHeadroom(looks)
  if (!best) return null
  const { account, snapshot, health } = best
  const block = blockOf(snapshot)
  if (block) return { account, ...block }
  const because = whyTried(snapshot, health)
  return because === undefined ? null : { account, because, forMs: null }
}

/** Why fewer calls are made than there are slots: an account whose concurrency limit was lowered. */
function loweredBy(looks: Look[], ours: WorkerStatus[]): ScanForecast['blocked'] {
  const slots = ours.reduce((sum, { concurrency }) => sum + concurrency, 0)
  const limit = looks.reduce((sum, { snapshot }) => sum + Math.floor(snapshot.concurrency.limit), 0)
  const lowered = looks.find(({ snapshot }) => snapshot.concurrency.lowered !== null)
  if (!lowered || limit >= slots) return null
  const calls = `${limit} concurrent call${limit === 1 ? '' : 's'}`
  const because = `limited to ${calls}: ${lowered.snapshot.concurrency.lowered}`
  return { account: lowered.account, because, forMs: null }
}

/** Why only single calls are made, which try whether the account answers again. */
function whyTried(
  { breaker }: LimitsSnapshot,
  { verdict, fault }: RouteHealthView,
): string | undefined {
  if (breaker.state === 'half-open') {
    return ['circuit breaker half-open', breaker.reason].filter(Boolean).join(': ')
  }
  if (verdict === null) return undefined
  return ['one call at a time tries whether it answers', fault?.title].filter(Boolean).join(': ')
}

/** A limit binds only when every account has it. */
function bucketOf(
  snapshots: LimitsSnapshot[],
  dimension: Dimension,
  { scans, pack }: Omit<Sharing, 'slots'>,
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
      // A plan estimates prompt and answer together.
      cost: (planned) =>
        dimension === 'requests'
          ? requestsOf(pack)
          : costOf(dimension, planned - ANSWER_TOKENS, { outputTokens, cachedTokens }),
    },
  ]
}

/** Three of four types of a large cluster are small enough to share a call. */
const SHARING = 0.75

/** Of one type. Where requests bind, types wait for them, and who waits shares calls as large as may be. */
function requestsOf(pack: number): number {
  return 1 - SHARING + SHARING / pack
}

const NO_ESTIMATE = { outputTokens: ANSWER_TOKENS, cachedTokens: 0 }

function costOf(
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
