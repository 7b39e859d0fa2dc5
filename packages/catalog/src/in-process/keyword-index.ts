import MiniSearch, { type Query, type SearchOptions } from 'minisearch'
import type { Capability } from '@capstan/shared/contract/capability'
import { searchTerms } from '../search-terms.ts'
import { SEARCHED_FIELDS } from '../searched-fields.ts'
import { synonymsOf } from '../synonyms.ts'

/** What a user types matches most reliably where the type is named, least in its prose. */
const BOOST = {
  kind: 3,
  resource: 2,
  capabilities: 3,
  searchPhrases: 3,
  providers: 2,
  shortNames: 2,
}

const SYNONYM_BOOST = 0.5

export interface KeywordHit {
  id: string
  score: number
  /** Fields in which a word was found. */
  matched: () => string[]
}

/** Words of rows, in this process. */
export class KeywordIndex {
  readonly #search = new MiniSearch({
    fields: [...SEARCHED_FIELDS],
    tokenize: searchTerms,
    processTerm: (term) => term,
    extractField: (row: Record<string, unknown>, field) => {
      const value = row[field]
      return Array.isArray(value) ? value.join(' ') : String(value)
    },
    searchOptions: {
      boost: BOOST,
      prefix: (term) => term.length > 2,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      combineWith: 'OR',
    },
  })

  set(id: string, row: Capability): void {
    this.delete(id)
    this.#search.add({ ...row, id })
  }

  delete(id: string): void {
    if (this.#search.has(id)) this.#search.discard(id)
  }

  clear(): void {
    this.#search.removeAll()
  }

  /** Best first. */
  search(query: string): KeywordHit[] {
    return this.#search.search(...widened(query)).map(({ id, score, match }) => ({
      id: String(id),
      score,
      matched: () => [...new Set(Object.values(match).flat())],
    }))
  }
}

/** The query with the words that mean the same, which count less than its own. */
function widened(query: string): [Query, SearchOptions] {
  const synonyms = synonymsOf(searchTerms(query))
  const added = new Set(synonyms)
  return [
    [query, ...synonyms].join(' '),
    { boostTerm: (term) => (added.has(term) ? SYNONYM_BOOST : 1) },
  ]
}
