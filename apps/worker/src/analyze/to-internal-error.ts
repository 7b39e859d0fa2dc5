import { ItemError } from '@capstan/shared/errors'
import { countCalls, hasBought } from '../call/ledger.ts'
import type { AnalysisDeps } from './analysis-deps.ts'
import type { EndedAttempt } from './attempt.ts'

/** The item error for a fault on our side, such as an unreachable catalog. It hides the text of the cause. */
export function toInternalError(
  { log }: Pick<AnalysisDeps, 'log'>,
  ended: EndedAttempt,
  error: unknown,
): ItemError {
  const { scan, entry } = ended.claim
  log.error(
    { err: error, scanId: scan.id, resource: entry.resource },
    'an attempt failed on our side',
  )
  const what = error instanceof Error ? error.name : 'unknown error'
  return new ItemError('internal', 'retry', `Storing or reading failed (${what})`, {
    hint: `Look at the logs of the workers; ${describeKept(ended)}.`,
  })
}

/** Returns whether the next attempt pays again for the answers of this one. */
function describeKept({ spent }: Pick<EndedAttempt, 'spent'>): string {
  const isInBatchStore = spent.calls.some(({ source, isTaken }) => source === 'batch' && !isTaken)
  if (spent.kept === 'answer' || isInBatchStore) {
    return 'the answer is kept and will not be paid for again'
  }
  if (spent.kept === 'unfinished')
    return 'what was paid for so far is kept, and the next call goes on from it'
  if (countCalls(spent) === 0 && !hasBought(spent)) return 'this attempt made no model call'
  return 'the answer could not be kept, so the type is paid for again when it is tried again'
}
