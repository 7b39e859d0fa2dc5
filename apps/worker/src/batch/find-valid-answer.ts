import type { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import type { Definition } from '@capstan/shared/contract/definition'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import type { BatchAnswerText } from './to-batch-result.ts'

/** Reads the answer of a batch about a definition; undefined when the model refused or the answer is invalid. */
export function findValidAnswer(
  { text, stop }: BatchAnswerText,
  { outline }: Definition,
): InferredCapability | undefined {
  if (stop === 'refusal') return undefined
  const parsed = parseAnswer(text, { stop, question: outline })
  return parsed.outcome === 'valid' ? parsed.value : undefined
}
