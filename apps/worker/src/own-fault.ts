import { ItemError } from '@capstan/shared/errors'
import type { InferenceDeps } from './inference-deps.ts'
import { hasSpent, type Work } from './work.ts'

/** A fault on our side, such as a catalog that does not answer. The texts of such errors are not for outsiders. */
export function ownFault(
  { log }: Pick<InferenceDeps, 'log'>,
  work: Work,
  error: unknown,
): ItemError {
  const { scan, entry } = work.claim
  log.error({ err: error, scanId: scan.id, resource: entry.resource }, 'a start failed on our side')
  const what = error instanceof Error ? error.name : 'unknown error'
  return new ItemError('internal', 'retry', `Storing or reading failed (${what})`, {
    hint: `Look at the logs of the workers; ${keptText(work)}.`,
  })
}

/** What an attempt has paid for, and what is left of it. */
function keptText(work: Work): string {
  const { kept, batchAnswer, calls } = work
  if (kept === 'answer' || (batchAnswer && !batchAnswer.isDone)) {
    return 'the answer is kept and will not be paid for again'
  }
  if (kept === 'unfinished')
    return 'what was paid for so far is kept, and the next call goes on from it'
  if (calls === 0 && !hasSpent(work)) return 'this attempt made no model call'
  return 'the answer could not be kept, so the type is paid for again when it is tried again'
}
