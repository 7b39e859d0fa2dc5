import type { ItemError } from '@capstan/shared/errors'
import type { Journal } from '@capstan/scan-store/journal/types'
import { DAILY_BUDGET_ACTOR } from '@capstan/scan-store/reconcile/resume-expired-pause'

/** Pauses a scan for an error that would fail all of its types. A scheduler resumes it when the error names its end. */
export async function pauseForError(
  journal: Pick<Journal, 'pause'>,
  scanId: string,
  error: ItemError,
): Promise<void> {
  const by = error.until === undefined ? 'worker' : DAILY_BUDGET_ACTOR
  await journal.pause(scanId, by, error.reason, { problem: error.toProblem(), fault: error.fault })
}
