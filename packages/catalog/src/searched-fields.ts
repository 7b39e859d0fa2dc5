import type { Capability } from '@capstan/shared/contract/capability'
import { abbreviateKind } from './words/abbreviate-kind.ts'

/** Fields that keyword search compares in every store, and the values of `matched` in a hit. */
const SEARCHED_FIELDS = [
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
export type SearchedField = (typeof SEARCHED_FIELDS)[number]

/** The texts of each field of a row. */
export function readSearchedFields(row: Capability): [field: SearchedField, texts: string[]][] {
  return SEARCHED_FIELDS.map((field) => {
    if (field === 'kind') return [field, [row.kind, abbreviateKind(row.kind)]]
    const value = row[field]
    return [field, typeof value === 'string' ? [value] : value]
  })
}
