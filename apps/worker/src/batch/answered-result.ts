import type { StoredBatchAnswer } from '@capstan/scan-store/batches/batch-book'
import type { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import { promptVersion } from '@capstan/shared/inference/prompt'
import type { StoredResult } from '@capstan/shared/contract/stored-result'

export type Answered = Extract<StoredBatchAnswer, { outcome: 'answered' }>

interface AnsweredBy extends Pick<StoredResult, 'model' | 'scanId' | 'worker' | 'attempt'> {
  answer: InferredCapability
}

/** A valid answer of a batch as the result cache keeps it. How long the provider worked on it is not known. */
export function answeredResult(
  { usage, requestId }: Answered,
  answeredBy: AnsweredBy,
): StoredResult {
  return {
    ...answeredBy,
    usage,
    promptVersion,
    packedWith: 0,
    requestId,
    inferredAt: new Date().toISOString(),
    durationMs: 0,
  }
}
