import { resourceName } from '@capstan/shared/contract/resource-type'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { JoinedScan } from '@capstan/shared/contract/scan/started-scan'
import { AppError } from '@capstan/shared/errors'
import type { NewScan } from '@capstan/scan-store/journal/new-scan'
import { addPlanJob } from '@capstan/scan-store/queue/plan-queue'
import { publishSignal } from '@capstan/redis/signals/signal'
import type { ApiDeps } from '../deps.ts'
import { withFreeRoute } from '../queue/with-free-route.ts'
import { checkConcurrency } from './check-concurrency.ts'
import { describeJoin } from './describe-join.ts'
import { openCluster } from '../clusters/open-cluster.ts'
import { openRequested } from './open-scan.ts'
import { readScan } from './read-scan.ts'
import { resolveModel, type ChosenModel } from './resolve-model.ts'
import { refuseWhenFull } from './require-redis-memory.ts'
import { routesOverloaded } from './route-limit-error.ts'

export interface StartDeps extends Pick<
  ApiDeps,
  | 'redis'
  | 'redisHealth'
  | 'keys'
  | 'journal'
  | 'routes'
  | 'planQueue'
  | 'clusters'
  | 'defaults'
  | 'log'
> {}

export interface Starter {
  /** Id for the new scan; the same again when a request is repeated after a crash. */
  scanId: string
  /** Shown as `createdBy` of the scan. */
  by: string
  /** The token that the scan counts for in the bound on routes. Default: `by`. */
  token?: string
  /** Content key by resource: joins only a scan that asks the same question about each type. */
  contentKeys?: Record<string, string>
}

export interface Started {
  scan: Scan
  /** Null for a new scan. */
  joined: JoinedScan | null
  /** What the patterns of this request match otherwise than its caller may expect. */
  warnings: string[]
}

/**
 * Starts a scan, or joins a running one that covers it. Looks at the cluster first, so that a bad cluster or name is
 * refused at once and leaves nothing behind. Repeatable with the same scanId. AppError OVERLOADED while a bound refuses
 * the route or Redis is nearly full, REDIS_UNAVAILABLE while Redis refuses writes, SCAN_CONFLICT with `onConflict: reject`.
 */
export async function startScan(
  deps: StartDeps,
  request: ScanRequest,
  starter: Starter,
  signal: AbortSignal,
): Promise<Started> {
  const { scanId, by } = starter
  checkConcurrency(request)
  await refuseWhenFull(deps)
  const chosen = await resolveModel(deps, request)
  expectPrice(chosen, request)
  const source = openCluster(deps, request.cluster)
  const { found, opened } = await openRequested({ source, request, signal }, ({ types }) => {
    const named = { ...request, cluster: source.name }
    const scan = newScan(named, chosen, starter, types.map(resourceName))
    return withFreeRoute(deps, () => deps.journal.open(scan))
  })
  const resources = found.types.map(resourceName)
  const { warnings } = found
  switch (opened.outcome) {
    case 'joined': {
      const running = await readScan(deps, opened.scanId)
      deps.log.info({ scanId: running.id, by, because: opened.because }, 'a start joined a scan')
      const joined = describeJoin(opened.because, resources, running)
      return { scan: running, joined, warnings }
    }
    case 'conflict':
      throw conflict(await readScan(deps, opened.scanId))
    case 'overloaded':
      throw routesOverloaded(opened.bound)
    case 'opened':
  }
  await publishSignal(deps.redis, deps.keys, { type: 'routes' })
  // Lost between the two steps, the reconciler adds it.
  await addPlanJob(deps.planQueue, scanId)
  deps.log.info({ scanId, by, cluster: source.name, ...chosen }, 'scan started')
  return { scan: await readScan(deps, scanId), joined: null, warnings }
}

function newScan(
  request: ScanRequest & { cluster: string },
  chosen: ChosenModel,
  { scanId, by, token = by, contentKeys }: Starter,
  resources: string[],
): NewScan {
  const requested = { resources, ...(contentKeys ? { contentKeys } : {}) }
  return { id: scanId, request, ...chosen, createdBy: by, token, requested }
}

/** A limit on money cannot be kept when nobody knows what a call costs. */
function expectPrice({ model, price }: ChosenModel, { budget }: ScanRequest): void {
  if (price !== null || budget.maxCostUsd === undefined) return
  throw new AppError(
    'VALIDATION',
    `The price of ${model} is not known, so a budget in money cannot be kept`,
    {
      hint: 'Set the price in CAPSTAN_PRICES of the API, or limit tokens by budget.maxTokens.',
      extra: { errors: [{ pointer: '#/budget/maxCostUsd', detail: 'the price is not known' }] },
    },
  )
}

function conflict(running: Scan): AppError {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(running.createdAt)) / 1000))
  return new AppError(
    'SCAN_CONFLICT',
    `${running.id} of cluster ${running.cluster} started ${seconds} s ago by ${running.createdBy}`,
    {
      hint: 'Use onConflict=join, wait for its end, or cancel it first.',
      retryable: true,
      extra: { scan: running.links.self, location: running.links.self },
    },
  )
}
