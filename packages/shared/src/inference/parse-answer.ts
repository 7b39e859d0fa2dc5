import type { InferredCapability } from '../contract/inferred-capability.ts'
import { ANSWER_MEMBERS } from './answer/coerce-answer.ts'
import { findObjects } from './answer/find-objects.ts'
import { LEAST_MEMBERS, readCapability, type CapabilityReading } from './answer/read-capability.ts'
import type { ModelAnswer } from './types.ts'
import type { FoundObject } from './answer/found-object.ts'

export type ParsedAnswer =
  | { outcome: 'valid'; value: InferredCapability }
  /** `faults`: descriptions for the repair question. `excerpt`: the part of the answer that it quotes. */
  | { outcome: 'invalid'; faults: string[]; excerpt: string }

interface ParseOptions {
  /** The stop reason. After `length`, an unclosed object is not completed. */
  stop?: ModelAnswer['stop'] | undefined
  /** The question. Objects that the answer quotes from it have lower priority. */
  question?: string | undefined
}

/** Characters that a repair question quotes from an answer without an object. */
const LONGEST_END = 2_000

type Found = FoundObject<CapabilityReading>

/**
 * Parses the answer of a model: the last valid object in its text (docs/answers.md). The text is untrusted: only members of the
 * schema are copied, without control and invisible characters. Never throws.
 */
export function parseAnswer(
  text: string,
  { stop = 'end', question = '' }: ParseOptions = {},
): ParsedAnswer {
  const isCut = stop === 'length'
  const rules = { words: ANSWER_MEMBERS, least: LEAST_MEMBERS, isCut, read: readCapability }
  const { final, drafts } = findObjects(text, rules)
  // Objects in reasoning count only if there are no others and the text is complete.
  const judged = final.length > 0 || isCut ? final : drafts
  const [value] = pickAnswer(text, judged, question)?.reading?.answers ?? []
  if (value) return { outcome: 'valid', value }
  const last = judged.at(-1)
  return { outcome: 'invalid', faults: describeFaults(last), excerpt: cutExcerpt(text, last) }
}

/** The text from the faulty object on, or its end, where an answer is expected. */
function cutExcerpt(text: string, last: Found | undefined): string {
  return last ? text.slice(last.index) : text.slice(-LONGEST_END)
}

function pickAnswer(text: string, judged: Found[], question: string): Found | undefined {
  const answers = judged.filter(({ reading }) => reading?.isAnswer)
  if (answers.length < 2 || question === '') return answers.at(-1)
  const asked = removeSpace(question)
  const isQuoted = ({ index, end }: Found) => asked.includes(removeSpace(text.slice(index, end)))
  return answers.findLast((one) => !isQuoted(one)) ?? answers.at(-1)
}

function removeSpace(text: string): string {
  return text.replace(/\s+/g, '')
}

function describeFaults(last: Found | undefined): string[] {
  if (!last) return [`no JSON object with the members ${ANSWER_MEMBERS.join(', ')}`]
  return last.reading?.faults ?? ['the JSON object is not complete, or is not valid JSON']
}
