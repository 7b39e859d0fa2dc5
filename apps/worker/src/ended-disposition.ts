import type { ItemProblem } from '@capstan/shared/contract/problem'
import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { Disposition } from './consume/disposition.ts'
import type { JobLog } from './consume/job-log.ts'
import type { InferenceDeps } from './inference-deps.ts'
import { STORE_MS } from './time-limits.ts'
import type { Work } from './work.ts'

/** How an item ended before this start. */
export interface EndedItem {
  status: ItemStatus
  problem: ItemProblem | null
}

/** What the queue does with the job of an item that has ended, or of a scan that needs it no more (undefined). */
export function endedDisposition(ended: EndedItem | undefined, log: JobLog): Disposition {
  switch (ended?.status) {
    case 'succeeded':
      log.note('an earlier start has recorded this type as succeeded')
      return { next: 'complete', result: null }
    case 'failed':
      log.note('an earlier start has recorded this type as failed')
      return { next: 'fail', reason: failureText(ended.problem) }
    default:
      return { next: 'remove' }
  }
}

/** The same for a start whose record did not count: another start owns the item, or its scan has ended it. */
export async function readEnded(
  { journal }: Pick<InferenceDeps, 'journal'>,
  { claim, log }: Pick<Work, 'claim' | 'log'>,
): Promise<Disposition> {
  const reading = journal.item(claim.scan.id, claim.entry.resource)
  const item = await withTimeout(reading, STORE_MS, 'the journal')
  const isOpen = item && ['queued', 'running', 'retrying'].includes(item.status)
  return isOpen ? { next: 'abandon' } : endedDisposition(item, log)
}

/** A problem as one sentence for people who look at the queue. */
export function failureText(problem: ItemProblem | null): string {
  if (!problem) return 'The type has failed; the scan says why'
  const { reason, title, hint } = problem
  return `${reason}: ${title}${hint === undefined ? '' : ` (${hint})`}`
}
