import { resourceName } from '@capstan/shared/contract/resource-type'
import type { Role } from '@capstan/shared/contract/login/role'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { JoinedScan } from '@capstan/shared/contract/scan/started-scan'
import { AppError } from '@capstan/shared/errors'
import type { NewScan } from '@capstan/scan-store/journal/open/new-scan'
import { addPlanJob } from '@capstan/scan-store/queue/plan-queue'
import { publishSignal } from '@capstan/redis/signals/signal'
import type { ApiDeps } from '../deps.ts'
import { withFreeRoute } from '../queue/with-free-route.ts'
import { checkConcurrency } from './check-concurrency.ts'
import { describeJoin } from './describe-join.ts'
import { openCluster } from '../clusters/open-cluster.ts'
import { openRequestedScan } from './open-scan.ts'
import { requireScan } from './require-scan.ts'
import { resolveModel, type ModelChoice } from '../providers/resolve-model.ts'
import { requireRedisMemory } from './require-redis-memory.ts'
import { usesCuratedAnswers } from './uses-curated-answers.ts'
import { routeLimitError } from './route-limit-error.ts'

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
  | 'audit'
  | 'log'
> {}

export interface StartOptions {
  /** Id of the new scan. A request that is repeated after a crash uses the same id. */
  scanId: string
  /** `createdBy` of the scan. */
  by: string
  /** The caller, for the audit log. Absent when the server itself starts the scan. */
  caller?: { role: Role; requestId: string }
  /** The token whose bound on routes counts the scan. Default: `by`. */
  token?: string
  /** Content keys by resource: the start only joins a scan with the same keys. */
  contentKeys?: Record<string, string>
}

export interface StartResult {
  scan: Scan
  /** Null for a new scan. */
  joined: JoinedScan | null
  /** Descriptions of surprising matches of the patterns. */
  warnings: string[]
}

/**
 * Starts a scan, or joins a running scan that covers it. Discovers the cluster first, so that a bad cluster or name is
 * rejected at once and nothing is stored. Repeatable with the same scanId. AppError OVERLOADED while a bound rejects
 * the route or Redis is nearly full, REDIS_UNAVAILABLE while Redis rejects writes, SCAN_CONFLICT with `onConflict:
 * reject`.
 */
export async function startScan(
  deps: StartDeps,
  request: ScanRequest,
  starter: StartOptions,
  signal: AbortSignal,
): Promise<StartResult> {
  const { scanId, by } = starter
  checkConcurrency(request)
  await requireRedisMemory(deps)
  const chosen = await resolveModel(deps, request)
  requirePrice(chosen, request)
  const curated = usesCuratedAnswers(deps, request, chosen.provider)
  const source = openCluster(deps, request.cluster)
  const { found, opened } = await openRequestedScan({ source, request, signal }, ({ types }) => {
    const named = { ...request, cluster: source.name, curated }
    const scan = createNewScan(named, chosen, starter, types.map(resourceName))
    return withFreeRoute(deps, () => deps.journal.open(scan))
  })
  const resources = found.types.map(resourceName)
  const { warnings } = found
  switch (opened.outcome) {
    case 'joined': {
      const running = await requireScan(deps, opened.scanId)
      deps.log.info({ scanId: running.id, by, because: opened.because }, 'joined a running scan')
      await auditStart(deps, starter, 'scan.joined', running.id)
      const joined = describeJoin(opened.because, resources, running)
      return { scan: running, joined, warnings }
    }
    case 'conflict':
      throw conflictError(await requireScan(deps, opened.scanId))
    case 'overloaded':
      throw routeLimitError(opened.bound)
    case 'opened':
  }
  await publishSignal(deps.redis, deps.keys, { type: 'routes' })
  // If the process dies before this step, the reconciler adds the job.
  await addPlanJob(deps.planQueue, scanId)
  deps.log.info({ scanId, by, cluster: source.name, ...chosen, curated }, 'scan started')
  await auditStart(deps, starter, 'scan.started', scanId)
  return { scan: await requireScan(deps, scanId), joined: null, warnings }
}

function auditStart(
  { audit }: Pick<StartDeps, 'audit'>,
  { by, caller }: StartOptions,
  action: 'scan.started' | 'scan.joined',
  target: string,
): Promise<void> {
  return audit.write({ action, principal: by, target, ...caller })
}

function createNewScan(
  request: ScanRequest & { cluster: string },
  chosen: ModelChoice,
  { scanId, by, token = by, contentKeys }: StartOptions,
  resources: string[],
): NewScan {
  const requested = { resources, ...(contentKeys ? { contentKeys } : {}) }
  return { id: scanId, request, ...chosen, createdBy: by, token, requested }
}

/** Rejects a cost limit for a model with an unknown price. */
function requirePrice({ model, price }: ModelChoice, { budget }: ScanRequest): void {
  if (price !== null || budget.maxCostUsd === undefined) return
  throw new AppError(
    'VALIDATION',
    `The price of ${model} is unknown, so budget.maxCostUsd cannot be enforced`,
    {
      hint: 'Set the price in CAPSTAN_PRICES for the API, or use budget.maxTokens.',
      extra: { errors: [{ pointer: '#/budget/maxCostUsd', detail: 'the price is unknown' }] },
    },
  )
}

function conflictError(running: Scan): AppError {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(running.createdAt)) / 1000))
  return new AppError(
    'SCAN_CONFLICT',
    `${running.createdBy} started ${running.id} of cluster ${running.cluster} ${seconds} s ago`,
    {
      hint: 'Use onConflict=join, wait until it finishes, or cancel it first.',
      retryable: true,
      extra: { scan: running.links.self, location: running.links.self },
    },
  )
}
