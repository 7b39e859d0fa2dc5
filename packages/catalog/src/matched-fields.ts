import type { Capability } from '@capstan/shared/contract/capability'
import { searchTerms } from './search-terms.ts'

const FIELDS = [
  'kind',
  'resource',
  'capabilities',
  'searchPhrases',
  'providers',
  'abstractions',
  'shortNames',
  'description',
  'useCase',
] as const

/** Fields of a row in which a word of the query begins a word. */
export function matchedFields(row: Capability, query: string): string[] {
  const asked = searchTerms(query)
  return FIELDS.filter((field) => {
    const value = row[field]
    const terms = searchTerms(typeof value === 'string' ? value : value.join(' '))
    return terms.some((term) => asked.some((word) => term.startsWith(word)))
  })
}
