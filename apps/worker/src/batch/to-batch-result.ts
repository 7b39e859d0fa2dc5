import type { StoredBatchAnswer } from '@capstan/scan-store/batches/batch-store'
import type { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import { promptVersion } from '@capstan/shared/inference/prompt'
import type { StoredResult } from '@capstan/shared/contract/stored-result'

export type BatchAnswerText = Extract<StoredBatchAnswer, { outcome: 'answered' }>

interface AnsweredBy extends Pick<StoredResult, 'model' | 'scanId' | 'worker' | 'attempt'> {
  answer: InferredCapability
}

/** Builds the result-cache entry of a valid batch answer. Its duration is unknown. */
export function toBatchResult(
  { usage, requestId }: BatchAnswerText,
  answeredBy: AnsweredBy,
): StoredResult {
  return {
    ...answeredBy,
    usage,
    promptVersion,
    sharedWith: 0,
    requestId,
    inferredAt: new Date().toISOString(),
    durationMs: 0,
  }
}
