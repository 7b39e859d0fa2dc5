import { ItemError } from '@capstan/shared/errors'
import { parseAnswer, type ParsedAnswer } from '@capstan/shared/inference/parse-answer'
import type { ModelAnswer, Question } from '@capstan/shared/inference/types'

/** Reads the answer of a model. Throws ItemError when the model refused. */
export function readAnswer(
  { text, stop }: Pick<ModelAnswer, 'text' | 'stop'>,
  { maxOutputTokens, user }: Pick<Question, 'maxOutputTokens' | 'user'>,
): ParsedAnswer {
  if (stop === 'refusal') {
    throw new ItemError('refused', 'fail', 'The model refused to describe this type', {
      hint: 'Try another model, or exclude the type.',
    })
  }
  const parsed = parseAnswer(text, { stop, question: user })
  if (parsed.outcome === 'valid' || stop !== 'length') return parsed
  const limit = `the answer was cut off after ${maxOutputTokens} tokens; be much shorter`
  return { ...parsed, faults: [limit, ...parsed.faults] }
}
