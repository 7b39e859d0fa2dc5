import type { ItemError } from '@capstan/shared/errors'
import type { Journal } from '@capstan/scan-store/journal/types'
import { DAILY_BUDGET_ACTOR } from '@capstan/scan-store/reconcile/resume-when-over'

/** Pauses a scan for what would fail for all of its types. One that ends by itself is for the clock to end, not for a person. */
export async function pauseFor(
  journal: Pick<Journal, 'pause'>,
  scanId: string,
  error: ItemError,
): Promise<void> {
  const by = error.until === undefined ? 'worker' : DAILY_BUDGET_ACTOR
  await journal.pause(scanId, by, error.reason, { problem: error.toProblem(), fault: error.fault })
}
