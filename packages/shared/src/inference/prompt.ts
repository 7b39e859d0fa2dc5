import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Definition } from '../contract/definition.ts'
import { ANSWER_FORMAT } from './answer-schema.ts'
import type { Question } from './types.ts'

/** The constant first part of every question, so that providers can cache it. */
export const systemPrompt = readFileSync(new URL('./prompt.md', import.meta.url), 'utf8')

/** Hash of the prompt and the answer schema. A change of either changes all content keys. */
export const promptVersion = createHash('sha256')
  .update(JSON.stringify([systemPrompt, ANSWER_FORMAT]))
  .digest('hex')
  .slice(0, 12)

// Four times the longest valid answer that was measured. Longer answers are runaways.
export const MAX_OUTPUT_TOKENS = 1500

/** Builds the question about one type. The fence has a random nonce, so no definition can contain it. */
export function buildQuestion(definition: Pick<Definition, 'outline'>): Question {
  return {
    system: systemPrompt,
    user: fence('definition', definition.outline),
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    types: 1,
    format: ANSWER_FORMAT,
  }
}

/** Builds the repair question: the same question, the faulty answer as data, and its faults. */
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

/** Encloses untrusted text in two lines with a random nonce, so that the text cannot contain them. */
export function fence(name: string, content: string): string {
  // 90 random bits. randomUUID is faster than randomBytes, because Node.js caches its entropy.
  const nonce = randomUUID().replaceAll('-', '').slice(0, 24)
  return [`-----${name} ${nonce}-----`, content, `-----end ${name} ${nonce}-----`].join('\n')
}
