import type { ItemProblem } from '@capstan/shared/contract/problem'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { ensureJobs, type EnsureJobsDeps } from '../queue/ensure-jobs.ts'
import type { Journal } from '../journal/types.ts'
import type { Log } from '@capstan/shared/log'
import { buildInferJobId } from '../queue/infer-queue.ts'
import { readJobPresence } from '../queue/read-job-states.ts'
import { addPlanJob, buildPlanJobId, type PlanQueue } from '../queue/plan-queue.ts'
import { resumeExpiredPause } from './resume-expired-pause.ts'

export interface ReconcilerDeps extends Omit<EnsureJobsDeps, 'journal'> {
  journal: Pick<
    Journal,
    | 'activeScanIds'
    | 'announceRoute'
    | 'scan'
    | 'pending'
    | 'jobInputs'
    | 'repair'
    | 'abandon'
    | 'failScan'
    | 'item'
    | 'resume'
  >
  planQueue: PlanQueue
  log: Log
  /** Called after each repair, for metrics. */
  onRepair?: (what: RepairKind, count: number) => void
}

export type RepairKind = 'counter' | 'missing_job' | 'lost_item' | 'plan_job'

/** State of each scan in the previous pass. */
export type LastPass = Map<string, { seq: number; repaired: boolean }>

export const JOB_LOST_PROBLEM: ItemProblem = {
  reason: 'worker_lost',
  title: 'The workers of this type stopped before they recorded a result',
  hint: 'Look at the logs of the workers, then retry the scan.',
  retryable: false,
}
const PLAN_LOST: ItemProblem = {
  reason: 'internal',
  title: 'Planning failed for an unknown reason',
  hint: 'Look at the logs of the API around the start of the scan, then start it again.',
  retryable: false,
}

/**
 * Repairs one scan. Acts only if the scan has no new event since the previous pass: a scan with progress is healthy, and
 * missing jobs can wait until its other jobs are done.
 */
export async function reconcileScan(
  deps: ReconcilerDeps,
  seen: LastPass,
  scanId: string,
): Promise<void> {
  const scan = await deps.journal.scan(scanId)
  if (!scan || scan.done) return
  await resumeExpiredPause(deps, scan)
  const before = seen.get(scanId)
  const still = before?.seq === scan.lastSeq
  seen.set(scanId, { seq: scan.lastSeq, repaired: still && before.repaired })
  if (!still) return
  // The repair reads every item in one script, so it runs once while the scan has no new event.
  if (!before.repaired) await repairCounters(deps, scanId)
  seen.set(scanId, { seq: scan.lastSeq, repaired: true })
  if (scan.status === 'discovering') return ensurePlanJob(deps, scanId)
  if (scan.status === 'paused') return
  await endLostItems(deps, scan)
  if (scan.status === 'canceling') return
  const { added } = await ensureJobs(deps, scanId, { includeRunning: true })
  report(deps, scanId, 'missing_job', added)
}

async function repairCounters(deps: ReconcilerDeps, scanId: string): Promise<void> {
  const { repaired } = await deps.journal.repair(scanId)
  report(deps, scanId, 'counter', repaired.length)
}

/** Fails running items whose job BullMQ failed permanently. While a scan is canceling, a missing job is enough. */
async function endLostItems(deps: ReconcilerDeps, scan: Scan): Promise<void> {
  const running = (await deps.journal.pending(scan.id)).filter((item) => item.status === 'running')
  const ids = running.map((item) => buildInferJobId(scan.id, item.resource))
  const presence = await readJobPresence(deps.redis, deps.queues.get(scan), ids)
  let lost = 0
  for (const [index, { resource }] of running.entries()) {
    const gone =
      scan.status === 'canceling' ? presence[index] !== 'live' : presence[index] === 'failed'
    if (gone && (await deps.journal.abandon(scan.id, resource, JOB_LOST_PROBLEM)) === 'recorded')
      lost += 1
  }
  report(deps, scan.id, 'lost_item', lost)
}

/** Adds a missing plan job again. Ends the scan if its plan job failed permanently. */
async function ensurePlanJob(deps: ReconcilerDeps, scanId: string): Promise<void> {
  const id = buildPlanJobId(scanId)
  const [presence] = await readJobPresence(deps.redis, deps.planQueue, [id])
  if (presence === 'live') return
  if (presence === 'failed') {
    await deps.journal.failScan(scanId, PLAN_LOST)
    return
  }
  if (presence === 'completed') await deps.planQueue.remove(id)
  await addPlanJob(deps.planQueue, scanId)
  report(deps, scanId, 'plan_job', 1)
}

function report(deps: ReconcilerDeps, scanId: string, what: RepairKind, count: number): void {
  if (count === 0) return
  deps.log.warn({ scanId, what, count }, 'repaired a difference between journal and queue')
  deps.onRepair?.(what, count)
}
