import type { Scan, StartScan } from '@capstan/shared/contract/scan'
import { AppError } from '@capstan/shared/errors'
import { addPlanJob } from '@capstan/shared/queue/plan-queue'
import { publishSignal } from '@capstan/shared/signals/signal'
import type { ApiDeps } from '../deps.ts'
import { findTypes } from './find-types.ts'
import { openCluster } from './open-cluster.ts'
import { readScan } from './read-scan.ts'
import { resolveModel, type ChosenModel } from './resolve-model.ts'
import { routesOverloaded } from './routes-overloaded.ts'

export interface StartDeps extends Pick<
  ApiDeps,
  'redis' | 'keys' | 'journal' | 'planQueue' | 'clusters' | 'defaults' | 'log'
> {}

export interface Asker {
  /** Id for the new scan; the same again when a request is repeated after a crash. */
  scanId: string
  by: string
}

/**
 * Starts a scan, or joins the one that runs on the cluster. Looks at the cluster first, so that a bad cluster
 * or name is refused at once and leaves nothing behind. Repeatable with the same scanId.
 */
export async function startScan(
  deps: StartDeps,
  request: StartScan,
  { scanId, by }: Asker,
  signal: AbortSignal,
): Promise<{ scan: Scan; joined: boolean }> {
  const chosen = await resolveModel(deps, request)
  expectPrice(chosen, request)
  const source = openCluster(deps, request.cluster)
  await findTypes(source, request, signal)
  const { include, exclude, mode, priority, onConflict, labels, budget, execution, order } = request
  const opened = await deps.journal.open({
    id: scanId,
    request: {
      cluster: source.name,
      include,
      exclude,
      mode,
      priority,
      onConflict,
      labels,
      budget,
      execution,
      order,
    },
    ...chosen,
    createdBy: by,
  })
  switch (opened.outcome) {
    case 'joined':
      return { scan: await readScan(deps, opened.scanId), joined: true }
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
  return { scan: await readScan(deps, scanId), joined: false }
}

/** A limit on money cannot be kept when nobody knows what a call costs. */
function expectPrice({ model, price }: ChosenModel, { budget }: StartScan): void {
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
