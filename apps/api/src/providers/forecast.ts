import type { Redis } from 'ioredis'
import { usesBatches } from '@capstan/scan-store/batches/uses-batches'
import type { ProviderFault } from '@capstan/shared/contract/problem'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { ScanForecast, ReadForecast } from '@capstan/scan-store/journal/eta/scan-forecast'
import type { CallBlock } from '@capstan/scan-store/journal/eta/estimate-eta-by-capacity'
import { openEndpointHealth } from '@capstan/limits/health/endpoint-health'
import type { Limiter } from '@capstan/limits/types'
import type { RedisKeys } from '@capstan/redis/keys'
import { readActiveScans } from '@capstan/scan-store/routes/active-scan'
import { resolveRoute, buildRouteQueueName } from '@capstan/scan-store/routes/route'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import { findCommonBlock, type AccountState } from './account-state.ts'
import { combineCapacity, listCapacityChanges, type SharedCapacity } from './combine-capacity.ts'
import { readBatchWait } from './read-batch-wait.ts'
import { readRouteBlock, readBlockReason } from './read-block-reason.ts'
import { describeRouteCalls } from './route-calls.ts'
import { selectServingWorkers, describeMissingWorkers } from './serving-workers.ts'

export interface ForecastDeps {
  redis: Redis
  keys: RedisKeys
  limiter: Pick<Limiter, 'snapshot'>
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
  const all = await listWorkers(deps.redis, deps.keys)
  const warnings = describeMissingWorkers(all, scan.provider)
  const workers = selectServingWorkers(all, scan.provider)
  const idle = await readBlockReason(deps, all, scan)
  if (usesBatches(scan)) {
    const blocked = idle ?? (await readBatchWait(deps, scan.id))
    const speed = describeRouteCalls({ states: [], workers, standstill: blocked, routePause: null })
    return { blocked, speed, warnings }
  }
  const states = await readAccounts(deps, workers, scan)
  const routePause = await readRouteBlock(deps, scan)
  const common = findCommonBlock(states)
  const speed = describeRouteCalls({ states, workers, standstill: idle ?? common, routePause })
  // A limit of the accounts explains more than the queue pause that follows from it.
  const blocked = idle ?? common ?? routePause ?? findLoweredLimit(states, workers)
  const capacity =
    states.length === 0 ? {} : await readCapacity(deps, { workers, states, common }, scan)
  return { ...capacity, blocked, speed, fault: findLastFault(states), warnings }
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
  const health = openEndpointHealth(redis, keys)
  const names = workers.flatMap(({ accounts }) =>
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

interface RouteState {
  /** Workers that serve the route. */
  workers: WorkerStatus[]
  states: AccountState[]
  common: CallBlock | null
}

async function readCapacity(
  { redis, keys }: ForecastDeps,
  { workers, states, common }: RouteState,
  { provider, model }: Scan,
): Promise<Pick<ScanForecast, 'capacity' | 'changes'>> {
  const queue = buildRouteQueueName(resolveRoute(provider, model))
  const active = await readActiveScans(redis, keys)
  const shared: SharedCapacity = {
    snapshots: states.map(({ snapshot }) => snapshot),
    blocked: common,
    slots: workers.reduce((sum, worker) => sum + worker.concurrency, 0),
    scans: Math.max(1, [...active.values()].filter((one) => one.queue === queue).length),
    typesPerCall: Math.min(...workers.map((worker) => worker.typesPerCall ?? 1)),
  }
  const changes = listCapacityChanges(shared, workers.length)
  return { capacity: combineCapacity(shared), changes }
}

/** Finds an account whose lowered concurrency limit allows fewer calls than there are worker slots. */
function findLoweredLimit(states: AccountState[], workers: WorkerStatus[]): CallBlock | null {
  const slots = workers.reduce((sum, { concurrency }) => sum + concurrency, 0)
  const limit = states.reduce(
    (sum, { snapshot }) => sum + Math.floor(snapshot.concurrency.limit),
    0,
  )
  const lowered = states.find(({ snapshot }) => snapshot.concurrency.decreaseReason !== null)
  if (!lowered || limit >= slots) return null
  const calls = `${limit} concurrent call${limit === 1 ? '' : 's'}`
  const because = `limited to ${calls}: ${lowered.snapshot.concurrency.decreaseReason}`
  return { kind: 'concurrency', account: lowered.account, because, forMs: null }
}
