import { isDone } from '@capstan/shared/contract/scan/scan-status'
import type { Budget } from '@capstan/shared/contract/scan/budget'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { AppError } from '@capstan/shared/errors'
import type { ControlOutcome, DiscardOutcome } from '@capstan/scan-store/journal/types'
import { ensureJobs } from '@capstan/scan-store/queue/ensure-jobs'
import { buildPlanJobId } from '@capstan/scan-store/queue/plan-queue'
import { removeJobs } from '@capstan/scan-store/queue/remove-jobs'
import { publishSignal } from '@capstan/redis/signals/signal'
import { listSome } from '@capstan/shared/text/list-some'
import type { ApiDeps } from '../deps.ts'
import { withFreeRoute } from '../queue/with-free-route.ts'
import { noSuchScan, readScan } from './read-scan.ts'
import { routesOverloaded } from './route-limit-error.ts'

export type ControlDeps = Pick<
  ApiDeps,
  'redis' | 'keys' | 'journal' | 'queues' | 'routes' | 'planQueue' | 'log'
>

/** `changed` is false when the scan was there already. */
export interface Controlled {
  changed: boolean
  scan: Scan
}

/** Every one of these writes the journal first: what is left undone in the queue, the reconciler does. */
export async function pauseScan(
  deps: ControlDeps,
  scanId: string,
  by: string,
): Promise<Controlled> {
  const outcome = await deps.journal.pause(scanId, by, 'asked for')
  expectDone(scanId, outcome, 'Only a scan that is queued or running can be paused.')
  const waiting = (await deps.journal.pending(scanId)).filter(({ status }) => status !== 'running')
  await removeJobsOf(
    deps,
    scanId,
    waiting.map(({ resource }) => resource),
  )
  await publishSignal(deps.redis, deps.keys, { type: 'pause', scanId })
  return controlled(deps, scanId, outcome)
}

/** `budget` replaces the limits that it names; one that stopped the scan has to grow. */
export async function resumeScan(
  deps: ControlDeps,
  scanId: string,
  by: string,
  budget: Budget = {},
): Promise<Controlled> {
  const outcome = await withFreeRoute(deps, () => deps.journal.resume(scanId, by, budget))
  expectDone(scanId, outcome, 'Only a paused scan can be resumed; a finished one can be retried.')
  await giveJobs(deps, scanId)
  return controlled(deps, scanId, outcome)
}

export async function cancelScan(
  deps: ControlDeps,
  scanId: string,
  by: string,
): Promise<Controlled> {
  // Before the journal ends their items: afterwards nothing says which jobs were waiting.
  const pending = await deps.journal.pending(scanId)
  const outcome = await deps.journal.cancel(scanId, by)
  expectDone(scanId, outcome, 'A finished scan cannot be canceled.')
  await publishSignal(deps.redis, deps.keys, { type: 'cancel', scanId })
  await removeJobsOf(
    deps,
    scanId,
    pending.map(({ resource }) => resource),
  )
  await deps.planQueue.remove(buildPlanJobId(scanId)).catch(() => undefined)
  return controlled(deps, scanId, outcome)
}

/**
 * Puts failed types (all, or the named failed and canceled ones) back and runs the same scan again. AppError WRONG_STATE
 * while the scan runs, VALIDATION for names of other types.
 */
export async function retryScan(
  deps: ControlDeps,
  scanId: string,
  by: string,
  only?: string[],
): Promise<Controlled> {
  const outcome = await withFreeRoute(deps, () => deps.journal.retry(scanId, by, only))
  if (outcome.outcome === 'wrong-state' && !isDone(outcome.status)) {
    throw wrongState(scanId, outcome.status, 'Wait for its end, or cancel it.')
  }
  if (outcome.outcome === 'not-failed') {
    throw notFailed(outcome.resources, 'has neither failed in this scan nor been canceled')
  }
  expectDone(scanId, outcome, 'It never got a plan; start a new scan.')
  await giveJobs(deps, scanId)
  return controlled(deps, scanId, outcome)
}

/**
 * Gives up failed types of a finished scan (all, or the named ones): they count as skipped from now on. AppError WRONG_STATE
 * while the scan runs, VALIDATION for names that have not failed in it.
 */
export async function discardFailed(
  deps: ControlDeps,
  scanId: string,
  only?: string[],
): Promise<Scan> {
  const outcome = await deps.journal.discard(scanId, only)
  if (outcome.outcome === 'not-failed')
    throw notFailed(outcome.resources, 'has not failed in this scan')
  expectDone(scanId, outcome, 'Wait for its end, or cancel it.')
  // Repeated by name, it also removes jobs that a process which died in between has left.
  if ('resources' in outcome) await removeJobsOf(deps, scanId, outcome.resources)
  return readScan(deps, scanId)
}

/** Forgets a finished scan, with its jobs. What it found stays. */
export async function deleteScan(deps: ControlDeps, scanId: string): Promise<void> {
  const scan = await readScan(deps, scanId)
  if (!scan.done) throw wrongState(scanId, scan.status, 'Cancel it first.')
  // Before the journal forgets which types it had.
  await removeJobsOf(deps, scanId, await deps.journal.resources(scanId))
  expectDone(scanId, await deps.journal.forget(scanId), 'Cancel it first.')
}

/** Takes jobs of a scan out of the queue of its route. */
async function removeJobsOf(deps: ControlDeps, scanId: string, resources: string[]): Promise<void> {
  if (resources.length === 0) return
  const scan = await deps.journal.scan(scanId)
  if (scan) await removeJobs(deps.queues.get(scan), scanId, resources)
}

/** The journal has announced the route, so workers are notified before the jobs come. */
async function giveJobs(deps: ControlDeps, scanId: string): Promise<void> {
  await publishSignal(deps.redis, deps.keys, { type: 'routes' })
  await ensureJobs(deps, scanId)
}

async function controlled(
  deps: ControlDeps,
  scanId: string,
  { outcome }: ControlOutcome,
): Promise<Controlled> {
  return { changed: outcome === 'changed', scan: await readScan(deps, scanId) }
}

/** Lists all of the names. */
function notFailed(resources: string[], fault: string): AppError {
  return new AppError('VALIDATION', `Not a failed type of this scan: ${listSome(resources)}`, {
    hint: 'GET /scans/{id}/resources?status=failed lists those that have failed.',
    extra: {
      unprocessable: true,
      errors: resources.map((resource) => ({
        pointer: '#/only',
        detail: `${resource} ${fault}`,
      })),
    },
  })
}

function expectDone(scanId: string, outcome: ControlOutcome | DiscardOutcome, hint: string): void {
  if (outcome.outcome === 'unknown') throw noSuchScan()
  if (outcome.outcome === 'wrong-state') throw wrongState(scanId, outcome.status, hint)
  if (outcome.outcome === 'over-budget') throw overBudget(scanId)
  if (outcome.outcome === 'overloaded') throw routesOverloaded(outcome.bound)
}

function overBudget(scanId: string): AppError {
  return new AppError('WRONG_STATE', 'The budget of the scan is used up', {
    hint: 'Send `{"budget": {…}}` with more of what `budget.stoppedBy` of the scan names, or cancel it.',
    extra: { scan: `/api/v1/scans/${scanId}` },
  })
}

function wrongState(scanId: string, status: Scan['status'], hint: string): AppError {
  return new AppError('WRONG_STATE', `The scan is ${status}`, {
    hint,
    extra: { scan: `/api/v1/scans/${scanId}` },
  })
}
