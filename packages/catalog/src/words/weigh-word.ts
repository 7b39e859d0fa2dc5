import { COMMON_WORDS } from './common-words.ts'
import { stemWord } from './stem-word.ts'
import { tokenize } from './tokenize.ts'

const COMMON_STEMS = new Set(tokenize(COMMON_WORDS).map(stemWord))

/** Tuned on queries that no other constant was tuned on. A change by a third hardly changes the results. */
const COMMON_WEIGHT = 0.5

/** The weight of a query word, given its stem. */
export function weighWord(stem: string): number {
  return COMMON_STEMS.has(stem) ? COMMON_WEIGHT : 1
}
