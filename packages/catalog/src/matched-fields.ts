import type { Capability } from '@capstan/shared/contract/capability'
import { searchTerms } from './search-terms.ts'
import { SEARCHED_FIELDS } from './searched-fields.ts'

/** Fields of a row in which a word of the query begins a word. */
export function matchedFields(row: Capability, query: string): string[] {
  const asked = searchTerms(query)
  return SEARCHED_FIELDS.filter((field) => {
    const value = row[field]
    const terms = searchTerms(typeof value === 'string' ? value : value.join(' '))
    return terms.some((term) => asked.some((word) => term.startsWith(word)))
  })
}
