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
import { scanNotFoundError, requireScan } from './require-scan.ts'
import { routeLimitError } from './route-limit-error.ts'

export type ControlDeps = Pick<
  ApiDeps,
  'redis' | 'keys' | 'journal' | 'queues' | 'routes' | 'planQueue' | 'log'
>

/** `changed` is false when the scan already had the requested status. */
export interface ControlResult {
  changed: boolean
  scan: Scan
}

/**
 * All control functions write the journal first. The reconciler repairs the queue if the process dies before the second
 * step.
 */
export async function pauseScan(
  deps: ControlDeps,
  scanId: string,
  by: string,
): Promise<ControlResult> {
  const outcome = await deps.journal.pause(scanId, by, 'requested')
  requireSuccess(scanId, outcome, 'Only a queued or running scan can be paused.')
  const waiting = (await deps.journal.pending(scanId)).filter(({ status }) => status !== 'running')
  await removeScanJobs(
    deps,
    scanId,
    waiting.map(({ resource }) => resource),
  )
  await publishSignal(deps.redis, deps.keys, { type: 'pause', scanId })
  return readResult(deps, scanId, outcome)
}

/** `budget` replaces the limits that it contains. A limit that stopped the scan must grow. */
export async function resumeScan(
  deps: ControlDeps,
  scanId: string,
  by: string,
  budget: Budget = {},
): Promise<ControlResult> {
  const outcome = await withFreeRoute(deps, () => deps.journal.resume(scanId, by, budget))
  requireSuccess(
    scanId,
    outcome,
    'Only a paused scan can be resumed. A finished scan can be retried.',
  )
  await addJobs(deps, scanId)
  return readResult(deps, scanId, outcome)
}

export async function cancelScan(
  deps: ControlDeps,
  scanId: string,
  by: string,
): Promise<ControlResult> {
  // Read before the cancellation: afterwards the journal no longer lists the waiting items.
  const pending = await deps.journal.pending(scanId)
  const outcome = await deps.journal.cancel(scanId, by)
  requireSuccess(scanId, outcome, 'A finished scan cannot be canceled.')
  await publishSignal(deps.redis, deps.keys, { type: 'cancel', scanId })
  await removeScanJobs(
    deps,
    scanId,
    pending.map(({ resource }) => resource),
  )
  await deps.planQueue.remove(buildPlanJobId(scanId)).catch(() => undefined)
  return readResult(deps, scanId, outcome)
}

/**
 * Requeues failed types (all, or the named failed and canceled ones) and runs the same scan again. AppError WRONG_STATE
 * while the scan runs, VALIDATION for names of other types.
 */
export async function retryScan(
  deps: ControlDeps,
  scanId: string,
  by: string,
  only?: string[],
): Promise<ControlResult> {
  const outcome = await withFreeRoute(deps, () => deps.journal.retry(scanId, by, only))
  if (outcome.outcome === 'wrong-state' && !isDone(outcome.status)) {
    throw wrongStateError(scanId, outcome.status, 'Wait until it finishes, or cancel it.')
  }
  if (outcome.outcome === 'not-failed') {
    throw notFailedError(outcome.resources, 'neither failed nor was canceled in this scan')
  }
  requireSuccess(scanId, outcome, 'The scan has no plan. Start a new scan.')
  await addJobs(deps, scanId)
  return readResult(deps, scanId, outcome)
}

/**
 * Discards failed types of a finished scan (all, or the named ones), which then count as skipped. AppError WRONG_STATE
 * while the scan runs, VALIDATION for names that have not failed in it.
 */
export async function discardFailed(
  deps: ControlDeps,
  scanId: string,
  only?: string[],
): Promise<Scan> {
  const outcome = await deps.journal.discard(scanId, only)
  if (outcome.outcome === 'not-failed')
    throw notFailedError(outcome.resources, 'has not failed in this scan')
  requireSuccess(scanId, outcome, 'Wait until it finishes, or cancel it.')
  // A repeated request by name also removes jobs that a killed process left behind.
  if ('resources' in outcome) await removeScanJobs(deps, scanId, outcome.resources)
  return requireScan(deps, scanId)
}

/** Deletes a finished scan and its jobs. Its capabilities remain. */
export async function deleteScan(deps: ControlDeps, scanId: string): Promise<void> {
  const scan = await requireScan(deps, scanId)
  if (!scan.done) throw wrongStateError(scanId, scan.status, 'Cancel it first.')
  // Must precede the deletion from the journal, which holds the names of the jobs.
  await removeScanJobs(deps, scanId, await deps.journal.resources(scanId))
  requireSuccess(scanId, await deps.journal.forget(scanId), 'Cancel it first.')
}

/** Removes jobs of a scan from the queue of its route. */
async function removeScanJobs(
  deps: ControlDeps,
  scanId: string,
  resources: string[],
): Promise<void> {
  if (resources.length === 0) return
  const scan = await deps.journal.scan(scanId)
  if (scan) await removeJobs(deps.queues.get(scan), scanId, resources)
}

/** The journal has registered the route, so workers are notified before the jobs are added. */
async function addJobs(deps: ControlDeps, scanId: string): Promise<void> {
  await publishSignal(deps.redis, deps.keys, { type: 'routes' })
  await ensureJobs(deps, scanId)
}

async function readResult(
  deps: ControlDeps,
  scanId: string,
  { outcome }: ControlOutcome,
): Promise<ControlResult> {
  return { changed: outcome === 'changed', scan: await requireScan(deps, scanId) }
}

/** Reports every name as an error of its own. */
function notFailedError(resources: string[], fault: string): AppError {
  return new AppError('VALIDATION', `Not a failed type of this scan: ${listSome(resources)}`, {
    hint: 'GET /scans/{id}/resources?status=failed lists the failed types.',
    extra: {
      unprocessable: true,
      errors: resources.map((resource) => ({
        pointer: '#/only',
        detail: `${resource} ${fault}`,
      })),
    },
  })
}

function requireSuccess(
  scanId: string,
  outcome: ControlOutcome | DiscardOutcome,
  hint: string,
): void {
  if (outcome.outcome === 'unknown') throw scanNotFoundError()
  if (outcome.outcome === 'wrong-state') throw wrongStateError(scanId, outcome.status, hint)
  if (outcome.outcome === 'over-budget') throw overBudgetError(scanId)
  if (outcome.outcome === 'overloaded') throw routeLimitError(outcome.bound)
}

function overBudgetError(scanId: string): AppError {
  return new AppError('WRONG_STATE', 'The budget of the scan is used up', {
    hint: 'Resume it with a larger limit: `{"budget": {…}}` for the limit in `budget.stoppedBy`, or cancel it.',
    extra: { scan: `/api/v1/scans/${scanId}` },
  })
}

function wrongStateError(scanId: string, status: Scan['status'], hint: string): AppError {
  return new AppError('WRONG_STATE', `The scan is ${status}`, {
    hint,
    extra: { scan: `/api/v1/scans/${scanId}` },
  })
}
