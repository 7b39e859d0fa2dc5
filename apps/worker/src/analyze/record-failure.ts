import { sleep } from '@capstan/shared/async/sleep'
import { RouteTrialError } from '../accounts/route-trial-error.ts'
import { ItemError } from '@capstan/shared/errors'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import { ModelCallError, getCause, getSpent } from '../call/model-call-error.ts'
import { takeBatchAnswers } from '../call/ledger.ts'
import { QuestionInBatchError } from '../call/with-batch-answers.ts'
import { AnswerLeasedError } from '../call/with-result-cache.ts'
import type { AnalysisDeps } from './analysis-deps.ts'
import { buildOwnAnswerer, type RunningAttempt, type EndedAttempt } from './attempt.ts'
import { isAbortName, type Disposition } from './disposition.ts'
import { toInternalError } from './to-internal-error.ts'
import { recordItemError } from './record-item-error.ts'
import {
  releaseAborted,
  releaseBusy,
  releaseDuringTrial,
  releaseInBatch,
  releaseWaiting,
} from './release-item.ts'

/** An attempt rejected during a trial keeps its slot for this time, so that not all jobs of the route are fetched and returned. */
const HELD_BACK_MS = 2_000

/** Records why an attempt failed, and returns what the queue does with its job. Throws when the journal cannot be reached. */
export async function recordFailure(
  deps: AnalysisDeps,
  attempt: RunningAttempt,
  error: unknown,
  signal: AbortSignal,
): Promise<Disposition> {
  const cause = getCause(error)
  const ended = endAttempt(attempt, error)
  if (cause instanceof RouteTrialError) {
    await sleep(HELD_BACK_MS, { signal })
  }
  if (signal.aborted && isAbortName(signal.reason) && !(cause instanceof ItemError)) {
    return releaseAborted(deps, ended, signal.reason)
  }
  if (cause instanceof QuestionInBatchError) return releaseInBatch(deps, ended, cause)
  if (cause instanceof AnswerLeasedError) return releaseBusy(deps, ended, cause)
  if (cause instanceof RouteTrialError) return releaseDuringTrial(deps, ended, cause)
  if (cause instanceof MaxWaitError) return releaseWaiting(deps, ended, cause)
  if (cause instanceof ItemError) return recordItemError(deps, await useUpBatch(deps, ended), cause)
  return recordItemError(deps, ended, toInternalError(deps, ended, cause))
}

function endAttempt(attempt: RunningAttempt, error: unknown): EndedAttempt {
  const answerer = error instanceof ModelCallError ? error.answerer : undefined
  return { ...attempt, spent: getSpent(error), answerer: answerer ?? buildOwnAnswerer(attempt) }
}

/** The next step is another question, so the answer of a batch is used up. */
async function useUpBatch(
  { batchAnswers }: AnalysisDeps,
  ended: EndedAttempt,
): Promise<EndedAttempt> {
  await batchAnswers.release(ended)
  return { ...ended, spent: takeBatchAnswers(ended.spent) }
}
