import type { Redis } from 'ioredis'
import type { Provider } from '@capstan/shared/contract/scan'
import type { CapacityOf } from '@capstan/shared/journal/journal'
import type { Bucket, Capacity } from '@capstan/shared/journal/work-eta'
import { blockOf } from '@capstan/shared/limits/block-of'
import { routeOf } from '@capstan/shared/limits/route-of'
import { rankRoutes } from '@capstan/shared/limits/rank-routes'
import {
  DIMENSIONS,
  type Dimension,
  type Limiter,
  type LimitsSnapshot,
} from '@capstan/shared/limits/types'
import type { RedisKeys } from '@capstan/shared/redis/keys'
import { listWorkers } from '@capstan/shared/workers/worker-registry'
import { ANSWER_TOKENS } from '../scans/decide.ts'

export interface OutlookDeps {
  redis: Redis
  keys: RedisKeys
  limiter: Pick<Limiter, 'snapshot'>
}

interface Look {
  account: string
  snapshot: LimitsSnapshot
}

/** Hundreds of readers of one scan need one look. */
const FRESH_MS = 500

/** How fast the calls of a scan may go: the slots of live workers, and the limits of the accounts they hold. */
export function openOutlook(deps: OutlookDeps): CapacityOf {
  const looks = new Map<string, { at: number; capacity: Promise<Capacity | undefined> }>()
  return ({ provider, model }) => {
    const name = `${provider} ${model}`
    const now = performance.now()
    const last = looks.get(name)
    if (last && now - last.at < FRESH_MS) return last.capacity
    const capacity = look(deps, provider, model)
    looks.set(name, { at: now, capacity })
    return capacity
  }
}

async function look(
  { redis, keys, limiter }: OutlookDeps,
  provider: Provider,
  model: string,
): Promise<Capacity | undefined> {
  const workers = (await listWorkers(redis, keys)).filter(({ draining }) => !draining)
  const serving = workers.filter((worker) =>
    worker.providers.some((served) => served.provider === provider),
  )
  const names = serving.flatMap(({ accounts }) =>
    accounts.filter((account) => account.provider === provider).map(({ name }) => name),
  )
  const looks = await Promise.all(
    [...new Set(names)].map(async (account) => ({
      account,
      snapshot: await limiter.snapshot(routeOf(account, model)),
    })),
  )
  if (looks.length === 0) return undefined
  const slots = serving.reduce((sum, worker) => sum + worker.concurrency, 0)
  const scans = Math.max(1, await redis.scard(keys.activeScans))
  return capacityOf(looks, slots, scans)
}

/** Accounts of one provider add up; scans that run at the same time share what there is. */
function capacityOf(looks: Look[], slots: number, scans: number): Capacity {
  const snapshots = looks.map(({ snapshot }) => snapshot)
  const allowed = snapshots.reduce((sum, { concurrency }) => sum + concurrency.limit, 0)
  const known = snapshots.flatMap(({ latency }) => (latency ? [latency] : []))
  return {
    concurrency: Math.max(1, Math.min(slots, Math.floor(allowed)) / scans),
    inFlight: snapshots.reduce((sum, { concurrency }) => sum + concurrency.inFlight, 0) / scans,
    latency: known.toSorted((a, b) => a.medianMs - b.medianMs)[0] ?? null,
    blocked: blockedBy(looks),
    buckets: DIMENSIONS.flatMap((dimension) => bucketOf(snapshots, dimension, scans)),
  }
}

/** Only when every account is blocked; then the one that is free first says for how long. */
function blockedBy(looks: Look[]): Capacity['blocked'] {
  const [best] = rankRoutes(looks)
  const block = best && blockOf(best.snapshot)
  return block ? { account: best.account, ...block } : null
}

/** A limit binds only when every account has it. */
function bucketOf(snapshots: LimitsSnapshot[], dimension: Dimension, scans: number): Bucket[] {
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
      cost: (planned) => costOf(dimension, planned - ANSWER_TOKENS, { outputTokens, cachedTokens }),
    },
  ]
}

const NO_ESTIMATE = { outputTokens: ANSWER_TOKENS, cachedTokens: 0 }

function costOf(
  dimension: Dimension,
  inputTokens: number,
  { outputTokens, cachedTokens }: { outputTokens: number; cachedTokens: number },
): number {
  switch (dimension) {
    case 'requests':
      return 1
    case 'input-tokens':
      return Math.max(0, inputTokens - cachedTokens)
    case 'output-tokens':
      return outputTokens
    case 'tokens':
      return inputTokens + outputTokens
  }
}
