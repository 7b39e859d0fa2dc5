import { toConceptTerm } from '../in-process/extract-row-terms.ts'
import type { MatchQuery, MatchWord } from './match-query.ts'
import type { MatchRow } from './match-row.ts'

/** Inputs of the score. */
export const MATCH_FEATURES = [
  'prominence',
  'similarity',
  'name',
  'length',
  'isOneWord',
  'missesProduct',
] as const
export type MatchFeatures = Record<(typeof MATCH_FEATURES)[number], number>

/** Weight of a synonym in place of the word, for prominence. */
const CONCEPT_SHARE = 0.8
/** Weight of a concept beside that of the word, for similarity; as in the local semantic index. */
const CONCEPT_WEIGHT = 1.8

/** Measures how much of a query a row has, and how central it is in the row. */
export function measureMatch(row: MatchRow, query: MatchQuery): MatchFeatures {
  const { words } = query
  return {
    prominence: measureProminence(query, row),
    similarity: measureSimilarity(query, row),
    name: measureName(query, row),
    length: Math.log(Math.max(1, words.length)),
    isOneWord: words.length === 1 ? 1 : 0,
    missesProduct: words.some((word) => word.isProduct && !hasWord(word, row)) ? 1 : 0,
  }
}

/** Mean over the words, by their information, of the heaviest term of the row that matches: 0 to 1, as BM25 over its maximum. */
function measureProminence({ words, weight }: MatchQuery, row: MatchRow): number {
  if (weight === 0) return 0
  return words.reduce((sum, word) => sum + word.weight * findHeaviest(word, row), 0) / weight
}

function findHeaviest({ stems, concepts }: MatchWord, { terms }: MatchRow): number {
  let heaviest = 0
  for (const [stem, weight] of stems) {
    heaviest = Math.max(heaviest, weight * (terms.get(stem) ?? 0))
  }
  for (const [concept, { weight }] of concepts) {
    const found = terms.get(toConceptTerm(concept)) ?? 0
    heaviest = Math.max(heaviest, CONCEPT_SHARE * weight * found)
  }
  return heaviest
}

/** Like a cosine without the length of the row: words and concepts by their rarity. Rare terms count most. */
function measureSimilarity({ words }: MatchQuery, { terms }: MatchRow): number {
  const weights = new Map<string, number>()
  for (const { stem, rarity, concepts } of words) {
    weights.set(stem, rarity)
    for (const [concept, one] of concepts) {
      weights.set(toConceptTerm(concept), CONCEPT_WEIGHT * one.weight * one.rarity)
    }
  }
  let length = Number.EPSILON
  let product = 0
  for (const [term, weight] of weights) {
    length += weight
    product += Math.sqrt(weight * (terms.get(term) ?? 0))
  }
  return product / Math.sqrt(length)
}

/** Share of the query that is the whole name of the kind, or 1 for its abbreviation or a short name alone. */
function measureName({ names, words }: MatchQuery, row: MatchRow): number {
  const [only] = words
  if (words.length === 1 && only && row.aliases.has(only.stem)) return 1
  const shares = names.filter(({ name }) => name === row.name).map(({ share }) => share)
  return Math.max(0, ...shares)
}

function hasWord({ stem: own, stems }: MatchWord, { terms }: MatchRow): boolean {
  return [own, ...stems.keys()].some((stem) => terms.has(stem))
}
