import type { AnswerSource } from '../../contract/answer-source.ts'
import type { Definition } from '../../contract/definition.ts'
import type { Suspicion } from '../../contract/suspicion.ts'
import type { StoredResult } from '../../contract/stored-result.ts'
import { findAnswerSuspicions } from './find-answer-suspicions.ts'

/** A stored result with its suspicions and a capped confidence. */
export interface JudgedResult extends StoredResult {
  suspicions: Suspicion[]
}

/** Cap of the confidence with any suspicion. Below LOW_CONFIDENCE, because the effect of an injection is unknown. */
const SUSPECT_CONFIDENCE = 0.4
/** Every row stores its suspicions, so their number is bounded. */
const MOST = 5

/**
 * Finds suspicions in an answer and caps its confidence if there are any. The result cache stores unjudged answers, so that
 * better rules apply later without a call. Only the definition of a curated answer is judged: no definition influences its
 * text, and its words need not occur in the definition.
 */
export function judgeResult(
  definition: Pick<Definition, 'outline' | 'suspicions'>,
  result: StoredResult,
  source: AnswerSource = 'model',
): JudgedResult {
  const { answer } = result
  const found = source === 'curated' ? [] : findAnswerSuspicions(definition.outline, answer)
  const suspicions = [...definition.suspicions, ...found].slice(0, MOST)
  if (suspicions.length === 0) return { ...result, suspicions }
  const confidence = Math.min(answer.confidence, SUSPECT_CONFIDENCE)
  return { ...result, suspicions, answer: { ...answer, confidence } }
}
