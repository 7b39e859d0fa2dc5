/** Enough to describe one type. Each further word can cost a comparison with all words of all rows. */
const MAX_WORDS = 32
/** Words in rows are shorter. */
const MAX_LETTERS = 64
const WORD = /[\p{L}\p{N}]+/gu

export interface TruncatedQuery {
  text: string
  /** States that the query was truncated; null if it was not. */
  note: string | null
}

/** Keeps the first 32 words of a query. */
export function truncateQuery(query: string): TruncatedQuery {
  let count = 0
  for (const { index } of query.matchAll(WORD)) {
    count += 1
    if (count > MAX_WORDS) return { text: query.slice(0, index), note: NOTE }
  }
  return { text: query, note: null }
}

/** Limits the number and length of search terms: one CamelCase word becomes a term for each of its parts. */
export function limitTerms(terms: string[]): string[] {
  return terms.slice(0, MAX_WORDS).map((term) => term.slice(0, MAX_LETTERS))
}

const NOTE = `Only the first ${MAX_WORDS} words of the query were searched for.`
