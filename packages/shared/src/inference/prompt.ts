import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Definition } from '../contract/definition.ts'
import { ANSWER_FORMAT } from './answer-schema.ts'
import type { Question } from './types.ts'

/** The fixed part of every question: first and identical, so that providers can cache it. */
export const systemPrompt = readFileSync(new URL('./prompt.md', import.meta.url), 'utf8')

/** Changes with every word of the prompt and of the answer's schema, which the model sees too; hence with every content key. */
export const promptVersion = createHash('sha256')
  .update(JSON.stringify([systemPrompt, ANSWER_FORMAT]))
  .digest('hex')
  .slice(0, 12)

// Four times the longest valid answer seen; a longer one is a runaway.
export const MAX_OUTPUT_TOKENS = 1500

/** The question for one type. The fence carries a fresh nonce, so no definition can contain it. */
export function buildQuestion(definition: Pick<Definition, 'outline'>): Question {
  return {
    system: systemPrompt,
    user: fence('definition', definition.outline),
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    types: 1,
    format: ANSWER_FORMAT,
  }
}

/** The one repair: the same question, the faulty answer as data, and what was wrong with it. */
export function buildRepairQuestion(
  question: Question,
  answerText: string,
  faults: string[],
): Question {
  return {
    ...question,
    user: [
      question.user,
      'An earlier answer to this was not valid:',
      fence('answer', answerText.slice(0, 4000)),
      'Its faults:',
      ...faults.slice(0, 10).map((fault) => `- ${fault.slice(0, 200)}`),
      'Answer again with one valid JSON object and nothing else.',
    ].join('\n'),
    maxOutputTokens: question.maxOutputTokens * 2,
  }
}

/** Text of others between two lines with a fresh nonce, so that it cannot contain them. */
export function fence(name: string, content: string): string {
  // 90 random bits; the runtime draws those of many UUIDs at once, which bytes asked for one by one are not.
  const nonce = randomUUID().replaceAll('-', '').slice(0, 24)
  return [`-----${name} ${nonce}-----`, content, `-----end ${name} ${nonce}-----`].join('\n')
}
