import { FILLER_WORDS } from '../words/filler-words.ts'
import { stemWord } from '../words/stem-word.ts'
import { tokenize } from '../words/tokenize.ts'
import { weighWord } from '../words/weigh-word.ts'

/** How many rows have an index term: a stem, or `toConceptTerm` of a concept. */
export interface TermCounts {
  /** Number of rows. */
  readonly size: number
  countRows(term: string): number
}

const FILLER_STEMS = new Set(tokenize(FILLER_WORDS).map(stemWord))
/** Words of any topic, and numbers. */
const FILLER_WEIGHT = 0.1
/** A word of this many rows carries no information. Larger catalogs are scaled down to it: several clusters repeat their types. */
const MAX_ROWS = 400
const MIN_WEIGHT = 0.05

/** Information of a query word: 1 for a word that no row has, near 0 for one of nearly all rows. */
export function weighStem(stem: string, counts: TermCounts): number {
  const rows = counts.countRows(stem) * Math.min(1, MAX_ROWS / Math.max(1, counts.size))
  const rarity = Math.max(MIN_WEIGHT, 1 - Math.log(1 + rows) / Math.log(1 + MAX_ROWS))
  return isFiller(stem) ? FILLER_WEIGHT * rarity : rarity
}

function isFiller(stem: string): boolean {
  return weighWord(stem) < 1 || FILLER_STEMS.has(stem) || /^\d+$/.test(stem)
}

/** Exponent of rarity: a larger one favours rare terms more. */
const RARITY_EXPONENT = 1.5

/** Rarity of a term among all rows: 1 for a term of at most one row, near 0 for a term of all rows. */
export function computeRarity(term: string, counts: TermCounts): number {
  const rows = counts.countRows(term)
  if (rows === 0) return 1
  return (Math.log(1 + counts.size / rows) / Math.log(1 + counts.size)) ** RARITY_EXPONENT
}
