/** A description of one type needs no more words, and each costs a look at the words of all rows. */
const MOST_WORDS = 32
/** No word of a row is longer. */
const MOST_LETTERS = 64
const WORD = /[\p{L}\p{N}]+/gu

export interface TruncatedQuery {
  text: string
  /** What a caller should know about a query that is longer; null for others. */
  note: string | null
}

/** The first 32 words of a query, which are all that is searched for. */
export function truncateQuery(query: string): TruncatedQuery {
  let count = 0
  for (const { index } of query.matchAll(WORD)) {
    count += 1
    if (count > MOST_WORDS) return { text: query.slice(0, index), note: NOTE }
  }
  return { text: query, note: null }
}

/** Terms that are looked for: a CamelCase word gives a term for each of its parts. */
export function limitTerms(terms: string[]): string[] {
  return terms.slice(0, MOST_WORDS).map((term) => term.slice(0, MOST_LETTERS))
}

const NOTE = `Only the first ${MOST_WORDS} words of the query were searched for.`
