import type { BatchStore, StoredBatchAnswer } from '@capstan/scan-store/batches/batch-store'
import { computeDefinitionRef } from '@capstan/scan-store/definitions/compute-definition-ref'
import { ItemError } from '@capstan/shared/errors'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { STORE_MS } from '../accounts/time-limits.ts'
import {
  isBatched,
  recordBatchAnswer,
  type BatchAnswers,
  type BatchAnswersDeps,
} from './answers/batch-answers.ts'
import { ModelCallError } from './model-call-error.ts'
import { createLedger } from './ledger.ts'
import type { CallResult, ItemRequest, ItemStage } from './model-call.ts'

/** The question of a type is in a batch, or waits for one; its job needs no slot until the batch has ended. */
export class QuestionInBatchError extends Error {
  override readonly name = 'QuestionInBatchError'
  readonly retryAfterMs: number
  /** The scan that has asked the question; undefined: the scan of the type. */
  readonly askedBy: string | undefined

  constructor(retryAfterMs: number, askedBy?: string) {
    super('its question is with the batch API of the provider')
    this.retryAfterMs = retryAfterMs
    this.askedBy = askedBy
  }
}

export interface BatchStageDeps {
  batchAnswers: Pick<BatchAnswers, 'read'>
  batchStore: Pick<BatchStore, 'claimQuestion' | 'addQuestion'>
  metrics: BatchAnswersDeps['metrics']
  /** How long the job of a type rests whose question is in a batch; the batch poller wakes it earlier. */
  lookAgainMs: number
  /** The same when another scan has asked the question: the poller does not wake the job. */
  elsewhereMs: number
}

/**
 * Answers the first question of a batch scan from the batch store. Throws QuestionInBatchError while there is no answer, after it has
 * queued the question for the next batch, and ItemError when the batch failed for this type.
 */
export function withBatchAnswers(deps: BatchStageDeps): ItemStage {
  return (next) => async (request) => {
    if (request.isRepair || !isBatched(request)) return next(request)
    const kept = await deps.batchAnswers.read(request)
    if (!kept) throw await queueQuestion(deps, request)
    return toResult(deps, request, kept)
  }
}

async function queueQuestion(
  { batchStore, lookAgainMs, elsewhereMs }: BatchStageDeps,
  { route, item: { claim, definition } }: ItemRequest,
): Promise<QuestionInBatchError> {
  const { scan, entry } = claim
  const claiming = batchStore.claimQuestion(route.contentKey, scan.id, entry.resource)
  const claimed = await withTimeout(claiming, STORE_MS, 'the batches')
  if (claimed.outcome === 'held') {
    const isOther = claimed.scanId !== scan.id
    return new QuestionInBatchError(elsewhereMs, isOther ? claimed.scanId : undefined)
  }
  const question = {
    resource: entry.resource,
    definition: computeDefinitionRef(definition),
    estimatedTokens: entry.estimatedTokens,
    estimatedCostUsd: entry.estimatedCostUsd ?? 0,
  }
  await withTimeout(batchStore.addQuestion(scan.id, question), STORE_MS, 'the batches')
  return new QuestionInBatchError(lookAgainMs)
}

function toResult(
  { metrics }: BatchStageDeps,
  request: ItemRequest,
  kept: StoredBatchAnswer,
): CallResult {
  const spent = createLedger(recordBatchAnswer(metrics, request, kept))
  if (kept.outcome === 'answered') {
    const { text, stop, usage, requestId } = kept
    return { answer: { text, stop, usage, requestId, durationMs: 0 }, spent, sharedWith: 0 }
  }
  throw new ModelCallError(toError(kept), spent)
}

function toError(kept: Exclude<StoredBatchAnswer, { outcome: 'answered' }>): ItemError {
  if (kept.outcome === 'unserved') {
    const title = `The batch ended (${kept.because}) without an answer for this type`
    return new ItemError('provider_error', 'retry', title)
  }
  const { reason, policy, message, hint } = kept
  return new ItemError(reason, policy, message, hint === undefined ? {} : { hint })
}
