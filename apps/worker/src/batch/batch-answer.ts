import { NO_USAGE } from '@capstan/shared/contract/usage'
import type { Definition } from '@capstan/shared/contract/definition'
import type { StoredBatchAnswer } from '@capstan/scan-store/batches/batch-book'
import { usesBatches } from '@capstan/scan-store/batches/uses-batches'
import { computeDefinitionRef } from '@capstan/scan-store/definitions/definition-ref'
import { ItemError } from '@capstan/shared/errors'
import type { ModelAnswer } from '@capstan/shared/inference/types'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { InferenceDeps } from '../inference-deps.ts'
import { STORE_MS } from '../time-limits.ts'
import { isOwnRoute, type Work } from '../work.ts'

/** The question of a type is in a batch, or waits for one; its job need not hold a slot until that has ended. */
export class InBatch extends Error {
  override readonly name = 'InBatch'
  readonly retryAfterMs: number

  constructor(retryAfterMs: number) {
    super('its question is with the batch API of the provider')
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * What a batch has answered about a type. Throws InBatch while there is nothing, after putting the question among
 * those that wait for a batch, and ItemError when the batch failed for this type.
 */
export async function batchAnswer(
  deps: Pick<InferenceDeps, 'batches' | 'metrics'>,
  work: Work,
  definition: Definition,
): Promise<ModelAnswer> {
  const { scan, entry } = work.claim
  const { book, lookAgainMs, elsewhereMs } = deps.batches
  const kept = await withTimeout(book.readAnswer(scan.id, entry.resource), STORE_MS, 'the batches')
  if (!kept) {
    const claiming = book.claimQuestion(work.by.contentKey, scan.id, entry.resource)
    if (!(await withTimeout(claiming, STORE_MS, 'the batches'))) throw new InBatch(elsewhereMs)
    const question = {
      resource: entry.resource,
      definition: computeDefinitionRef(definition),
      estimatedTokens: entry.estimatedTokens,
      estimatedCostUsd: entry.estimatedCostUsd ?? 0,
    }
    await withTimeout(book.addQuestion(scan.id, question), STORE_MS, 'the batches')
    throw new InBatch(lookAgainMs)
  }
  return read(deps, work, kept)
}

/**
 * Counts with this start what a batch has answered, although the answer is stored already: a poller that stored it cannot
 * record it while this start runs. Returns whether there was such an answer.
 */
export async function countStoredAnswer(
  { batches, metrics }: Pick<InferenceDeps, 'batches' | 'metrics'>,
  work: Work,
): Promise<boolean> {
  const { scan, entry } = work.claim
  if (!usesBatches(scan) || !isOwnRoute(work)) return false
  const reading = batches.book.readAnswer(scan.id, entry.resource)
  const kept = await withTimeout(reading, STORE_MS, 'the batches')
  if (kept?.outcome !== 'answered') return false
  read({ metrics }, work, kept)
  await endBatchAnswer({ batches }, work)
  return true
}

/**
 * What a batch has answered is stored elsewhere or used up: the record of this start counts it and takes it out of the batch
 * store. Other scans may ask the question by batch, also while this one has batches.
 */
export async function endBatchAnswer(
  { batches }: Pick<InferenceDeps, 'batches'>,
  { claim: { scan, entry }, batchAnswer }: Work,
): Promise<void> {
  if (batchAnswer) batchAnswer.isDone = true
  if (!usesBatches(scan)) return
  const givingUp = batches.book.releaseQuestion(entry.contentKey, scan.id, entry.resource)
  await withTimeout(givingUp, STORE_MS, 'the batches')
}

function read(
  { metrics }: Pick<InferenceDeps, 'metrics'>,
  work: Work,
  kept: StoredBatchAnswer,
): ModelAnswer {
  const { provider, model } = work.claim.scan
  const count = (outcome: string): void => metrics.countCall({ provider, model }, outcome)
  switch (kept.outcome) {
    case 'answered': {
      const { text, stop, usage, requestId } = kept
      work.batchAnswer = { usage, calls: 1, isDone: false }
      count('answered')
      metrics.countTokens({ provider, model }, usage)
      return { text, stop, usage, requestId, durationMs: 0 }
    }
    case 'failed': {
      const { reason, policy, message, hint } = kept
      work.batchAnswer = { usage: NO_USAGE, calls: 1, isDone: false }
      count(reason)
      throw new ItemError(reason, policy, message, hint === undefined ? {} : { hint })
    }
    case 'unserved':
      work.batchAnswer = { usage: NO_USAGE, calls: 0, isDone: false }
      throw new ItemError(
        'provider_error',
        'retry',
        `The batch ended (${kept.because}) without an answer for this type`,
      )
  }
}
