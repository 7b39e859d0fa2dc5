import type { InferredCapability } from '../contract/capability.ts'
import { ANSWER_MEMBERS } from './answer/coerce-answer.ts'
import { findObjects, type FoundObject } from './answer/find-objects.ts'
import { LEAST_MEMBERS, readCapability, type CapabilityReading } from './answer/read-capability.ts'
import type { ModelAnswer } from './types.ts'

export type ParsedAnswer =
  | { outcome: 'valid'; value: InferredCapability }
  /** `faults`: what was wrong, in words that a repair question can carry. `excerpt`: the part that it quotes. */
  | { outcome: 'invalid'; faults: string[]; excerpt: string }

interface ParseOptions {
  /** How the text ended; an object that was open then is not completed. */
  stop?: ModelAnswer['stop'] | undefined
  /** What was asked. An object that the text quotes from it yields to one that it does not. */
  question?: string | undefined
}

/** Characters of a text without an object that a repair question quotes. */
const LONGEST_END = 2_000

type Found = FoundObject<CapabilityReading>

/**
 * Reads a model's answer: the last valid object in its text (docs/answers.md). The model is untrusted: control and invisible
 * characters are removed, unknown members dropped, and only the schema's own members copied. Never throws.
 */
export function parseAnswer(
  text: string,
  { stop = 'end', question = '' }: ParseOptions = {},
): ParsedAnswer {
  const isCut = stop === 'length'
  const rules = { words: ANSWER_MEMBERS, least: LEAST_MEMBERS, isCut, read: readCapability }
  const { final, drafts } = findObjects(text, rules)
  // Reasoning counts when nothing else was even begun, and not when it may have been cut off.
  const judged = final.length > 0 || isCut ? final : drafts
  const [value] = pickAnswer(text, judged, question)?.reading?.answers ?? []
  if (value) return { outcome: 'valid', value }
  const last = judged.at(-1)
  return { outcome: 'invalid', faults: describeFaults(last), excerpt: excerptOf(text, last) }
}

/** From the faulty object on; of a text without one its end, where an answer would stand. */
function excerptOf(text: string, last: Found | undefined): string {
  return last ? text.slice(last.index) : text.slice(-LONGEST_END)
}

function pickAnswer(text: string, judged: Found[], question: string): Found | undefined {
  const answers = judged.filter(({ reading }) => reading?.isAnswer)
  if (answers.length < 2 || question === '') return answers.at(-1)
  const asked = withoutSpace(question)
  const isQuoted = ({ index, end }: Found) => asked.includes(withoutSpace(text.slice(index, end)))
  return answers.findLast((one) => !isQuoted(one)) ?? answers.at(-1)
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '')
}

function describeFaults(last: Found | undefined): string[] {
  if (!last) return [`no JSON object with the members ${ANSWER_MEMBERS.join(', ')}`]
  return last.reading?.faults ?? ['the JSON object is not complete, or is not valid JSON']
}
