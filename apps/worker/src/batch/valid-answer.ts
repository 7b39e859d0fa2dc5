import type { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import type { Definition } from '@capstan/shared/contract/definition'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import type { Answered } from './answered-result.ts'

/** The valid answer in what a batch has answered about a definition; undefined when it refused or has none. */
export function validAnswer(
  { text, stop }: Answered,
  { outline }: Definition,
): InferredCapability | undefined {
  if (stop === 'refusal') return undefined
  const parsed = parseAnswer(text, { stop, question: outline })
  return parsed.outcome === 'valid' ? parsed.value : undefined
}
