import type { OpenBatch } from '@capstan/scan-store/batches/batch-store'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { settleBatch } from './batch-daily-budget.ts'
import { cancelBatches } from './cancel-batches.ts'
import { computeLockMs, type PollerDeps } from './poller-deps.ts'
import {
  CLOCK_SKEW_MS,
  findBatchModel,
  readBatchAnswers,
  type PolledBatch,
} from './read-batch-answers.ts'
import { recordAnswers } from './record-answers.ts'
import { registerQuestions } from './register-questions.ts'
import { readScanJobs, type ScanJobs } from './scan-jobs.ts'
import { submitBatch, submitQuestions } from './submit-questions.ts'

/** Polls the batches of one scan. Each step may be repeated, and another process may continue after any step. */
export async function pollScan(
  deps: PollerDeps,
  scanId: string,
  signal: AbortSignal,
): Promise<void> {
  const scan = await deps.journal.scan(scanId)
  const { open } = await deps.batchStore.readScan(scanId)
  if (!scan || isOver(scan)) return cancelBatches(deps, { scanId, scan, open }, signal)
  const jobs = await readScanJobs(deps, scan)
  // A rate-limit pause does not apply to batches, which use no limits of calls.
  const isResting = scan.status === 'paused' || jobs.isPausedByOperator
  try {
    for (const batch of open) await pollBatch(deps, { scan, batch, open, isResting }, signal)
  } finally {
    // Also after a failed poll: these answers are in the batch store.
    await recordAnswers(deps, scan, jobs)
  }
  if (!isResting) await submitUnlessOver(deps, scan, jobs, signal)
  const { answered } = await deps.batchStore.readScan(scanId)
  await Promise.all(answered.map(jobs.wake))
}

function isOver({ done, status }: Scan): boolean {
  return done || status === 'canceling'
}

async function submitUnlessOver(
  deps: PollerDeps,
  scan: Scan,
  jobs: ScanJobs,
  signal: AbortSignal,
): Promise<void> {
  await registerQuestions(deps, scan, jobs)
  // The recorded answers have changed the sums and may have ended the scan.
  const now = await deps.journal.scan(scan.id)
  if (!now || isOver(now) || now.status === 'paused') return
  if (!(await deps.batchStore.lockScan(scan.id, deps.workerId, computeLockMs(deps)))) return
  await submitQuestions(deps, now, jobs, signal)
}

async function pollBatch(
  deps: PollerDeps,
  {
    scan,
    batch,
    open,
    isResting,
  }: { scan: Scan; batch: OpenBatch; open: OpenBatch[]; isResting: boolean },
  signal: AbortSignal,
): Promise<void> {
  const model = findBatchModel(deps, scan, batch)
  if (!model) return undefined
  if (batch.id === null) {
    // Submitting it again would cost money, which a paused scan must not spend.
    if (isResting) return undefined
    return findLost(deps, { scan, batch, model, open }, signal)
  }
  const state = await model.state(batch.id, signal)
  if (state === 'running') return undefined
  const answers = await readBatchAnswers(model, { ...batch, id: batch.id }, state, signal)
  if (!(await deps.batchStore.storeAnswers(scan.id, batch.name, answers))) return undefined
  await settleBatch(deps, scan, batch, answers)
  deps.log.info({ scanId: scan.id, batch: batch.name, types: answers.size, state }, 'a batch ended')
  return undefined
}

/** Finds a batch whose id was lost between its submission and the write to the store, or submits it again. */
async function findLost(
  deps: PollerDeps,
  { scan, batch, model, open }: PolledBatch & { open: OpenBatch[] },
  signal: AbortSignal,
): Promise<void> {
  const known = open.flatMap(({ id }) => (id === null ? [] : [id]))
  const options = { sinceMs: batch.startedAtMs - CLOCK_SKEW_MS, known }
  const found = await model.find(batch.name, options, signal)
  const { outcome } = found
  deps.log.warn(
    { scanId: scan.id, batch: batch.name, outcome },
    'searched for a batch without an id',
  )
  if (found.outcome === 'found')
    await deps.batchStore.saveBatch(scan.id, { ...batch, id: found.id })
  if (found.outcome === 'absent') await submitBatch(deps, { scan, batch, model }, signal)
}
