import type { Definition } from '../../contract/definition.ts'
import type { Suspicion } from '../../contract/suspicion.ts'
import type { StoredResult } from '../../contract/stored-result.ts'
import { findAnswerSuspicions } from './find-answer-suspicions.ts'

/** A stored result as it is shown: with the reasons to distrust it, and no more confidence than they leave. */
export interface JudgedResult extends StoredResult {
  suspicions: Suspicion[]
}

/** Below the bound of low confidence, and the same for all: nothing is known of how much an attempt has changed. */
const SUSPECT_CONFIDENCE = 0.4
/** More say no more, and every row would carry them. */
const MOST = 5

/**
 * Looks for reasons to distrust an answer and caps its confidence when there are any. The result cache keeps answers as they
 * were given, so that a better look later costs no call.
 */
export function judgeResult(
  definition: Pick<Definition, 'outline' | 'suspicions'>,
  result: StoredResult,
): JudgedResult {
  const { answer } = result
  const found = findAnswerSuspicions(definition.outline, answer)
  const suspicions = [...definition.suspicions, ...found].slice(0, MOST)
  if (suspicions.length === 0) return { ...result, suspicions }
  const confidence = Math.min(answer.confidence, SUSPECT_CONFIDENCE)
  return { ...result, suspicions, answer: { ...answer, confidence } }
}
