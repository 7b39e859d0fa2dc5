import type { ItemProblem } from '@capstan/shared/contract/problem'
import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { Disposition } from './disposition.ts'
import type { JobLog } from './job-log.ts'
import type { AnalysisDeps } from './analysis-deps.ts'
import { STORE_MS } from '../accounts/time-limits.ts'
import type { RunningAttempt } from './attempt.ts'

/** How an item ended before this attempt. */
export interface EndedItem {
  status: ItemStatus
  problem: ItemProblem | null
}

/** Returns what the queue does with the job of an ended item; undefined: the scan does not need the job any more. */
export function chooseEndedDisposition(ended: EndedItem | undefined, log: JobLog): Disposition {
  switch (ended?.status) {
    case 'succeeded':
      log.note('an earlier attempt has recorded this type as succeeded')
      return { next: 'complete', result: null }
    case 'failed':
      log.note('an earlier attempt has recorded this type as failed')
      return { next: 'fail', reason: formatProblem(ended.problem) }
    default:
      return { next: 'remove' }
  }
}

/** The same for an attempt whose record did not count: another attempt owns the item, or its scan has ended it. */
export async function readEndedDisposition(
  { journal }: Pick<AnalysisDeps, 'journal'>,
  { claim, log }: Pick<RunningAttempt, 'claim' | 'log'>,
): Promise<Disposition> {
  const reading = journal.item(claim.scan.id, claim.entry.resource)
  const item = await withTimeout(reading, STORE_MS, 'the journal')
  const isOpen = item && ['queued', 'running', 'retrying'].includes(item.status)
  return isOpen ? { next: 'abandon' } : chooseEndedDisposition(item, log)
}

/** Formats a problem as one sentence for Bull Board. */
export function formatProblem(problem: ItemProblem | null): string {
  if (!problem) return 'The type has failed; the scan shows the reason'
  const { reason, title, hint } = problem
  return `${reason}: ${title}${hint === undefined ? '' : ` (${hint})`}`
}
