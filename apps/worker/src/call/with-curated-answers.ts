import { CURATED_PROVIDER } from '@capstan/shared/contract/answer-source'
import {
  findCuratedResult,
  type CuratedLookup,
} from '@capstan/shared/inference/find-curated-result'
import { FREE } from '@capstan/shared/prices/price'
import type { BatchAnswers } from './answers/batch-answers.ts'
import { NOTHING_SPENT } from './ledger.ts'
import type { AnswerOrigin, ItemStage, StoredAnswer } from './model-call.ts'

export interface CuratedAnswersDeps {
  curated: CuratedLookup
  batchAnswers: Pick<BatchAnswers, 'release'>
}

/**
 * Returns the curated answer about a type, for a scan that uses curated answers. The planner records known types without a
 * job, so this concerns types that became known after their scan was planned: after an upgrade, or in a retry.
 */
export function withCuratedAnswers({
  curated,
  batchAnswers,
}: CuratedAnswersDeps): ItemStage<StoredAnswer> {
  return (next) => async (request) => {
    const { claim, definition } = request.item
    if (!claim.scan.curated) return next(request)
    const origin = { scanId: claim.scan.id, inferredAt: new Date().toISOString() }
    const found = findCuratedResult(curated, definition, origin)
    if (!found) return next(request)
    const { result, contentKey } = found
    // The question may wait for a batch. Other scans may ask it.
    await batchAnswers.release(request.item)
    request.progress.note(`curated answer ${result.model}, no model call`)
    const answeredBy: AnswerOrigin = {
      provider: CURATED_PROVIDER,
      model: result.model,
      price: FREE,
      contentKey,
    }
    return { result, answeredBy, isCached: false, spent: NOTHING_SPENT }
  }
}
