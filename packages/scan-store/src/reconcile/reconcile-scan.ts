import type { ItemProblem } from '@capstan/shared/contract/problem'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { ensureJobs } from '../queue/ensure-jobs.ts'
import { buildInferJobId } from '../queue/infer-queue.ts'
import { readJobPresence } from '../queue/job-presence.ts'
import { addPlanJob, buildPlanJobId } from '../queue/plan-queue.ts'
import { resumeExpiredPause } from './resume-when-over.ts'
import type { RepairKind, ReconcilerDeps, LastPass } from './reconciler.ts'

export const JOB_LOST_PROBLEM: ItemProblem = {
  reason: 'worker_lost',
  title: 'The job of this type died with its workers',
  hint: 'Look at the logs of the workers, then retry the scan.',
  retryable: false,
}
const PLAN_LOST: ItemProblem = {
  reason: 'internal',
  title: 'Planning failed and nobody could say why',
  hint: 'Look at the logs of the API around the start of the scan, then start it again.',
  retryable: false,
}

/**
 * Puts one scan right. Acts only when nothing has happened since the pass before: a scan that moves is
 * healthy, and whatever it misses can wait until the rest is done.
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
  // It reads every item in one script, so once per standstill is enough.
  if (!before.repaired) await repairCounters(deps, scanId)
  seen.set(scanId, { seq: scan.lastSeq, repaired: true })
  if (scan.status === 'discovering') return ensurePlanJob(deps, scanId)
  if (scan.status === 'paused') return
  await endLostItems(deps, scan)
  if (scan.status === 'canceling') return
  const { added } = await ensureJobs(deps, scanId, { includeRunning: true })
  tell(deps, scanId, 'missing_job', added)
}

async function repairCounters(deps: ReconcilerDeps, scanId: string): Promise<void> {
  const { repaired } = await deps.journal.repair(scanId)
  tell(deps, scanId, 'counter', repaired.length)
}

/** Ends running items whose job cannot come back. In a canceled scan it need not come back either. */
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
  tell(deps, scan.id, 'lost_item', lost)
}

/** A scan whose plan job vanished gets it again; one whose plan job failed for good ends. */
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
  tell(deps, scanId, 'plan_job', 1)
}

function tell(deps: ReconcilerDeps, scanId: string, what: RepairKind, count: number): void {
  if (count === 0) return
  deps.log.warn({ scanId, what, count }, 'journal and queue disagreed; put right')
  deps.onRepair?.(what, count)
}
