import type { AttemptOutcome } from '@capstan/scan-store/journal/types'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { STORE_MS } from '../accounts/time-limits.ts'
import type { AnalysisDeps } from './analysis-deps.ts'
import type { RunningAttempt } from './attempt.ts'

/** Records how an attempt ended. False: it does not count, because a newer attempt owns the item or the scan has ended it. */
export async function recordOutcome(
  { journal, metrics }: Pick<AnalysisDeps, 'journal' | 'metrics'>,
  { claim: { scan, entry, epoch } }: Pick<RunningAttempt, 'claim'>,
  outcome: AttemptOutcome,
): Promise<boolean> {
  const recording = journal.record(scan.id, entry.resource, epoch, outcome)
  const recorded = await withTimeout(recording, STORE_MS, 'the journal')
  metrics.attempts.inc({ outcome: recorded === 'recorded' ? outcome.type : recorded })
  return recorded === 'recorded'
}

/** Adds the job of the next item after an item of a scan with a concurrency has ended. */
export async function addNextJob(
  { addNext, log }: Pick<AnalysisDeps, 'addNext' | 'log'>,
  { claim: { scan } }: Pick<RunningAttempt, 'claim'>,
): Promise<void> {
  if (scan.concurrency === null) return
  await addNext(scan.id).catch((error: unknown) =>
    log.warn(
      { err: error, scanId: scan.id },
      'could not add the next job; the reconciler will add it',
    ),
  )
}
