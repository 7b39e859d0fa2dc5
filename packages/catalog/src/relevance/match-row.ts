import type { Capability } from '@capstan/shared/contract/capability'
import { extractRowTerms } from '../in-process/extract-row-terms.ts'
import type { Lexicon } from '../lexicon.ts'
import { abbreviateKind } from '../words/abbreviate-kind.ts'
import { normalizeKind } from '../words/kind-names.ts'

/** The part of a row that is compared with a query. */
export interface MatchRow {
  /** Index terms with their BM25F weights, below 1. */
  terms: ReadonlyMap<string, number>
  /** Normalized name of the kind. */
  name: string
  /** Stems of its short names and of its abbreviation. */
  aliases: ReadonlySet<string>
}

export function readMatchRow(row: Capability, lexicon: Lexicon): MatchRow {
  const { stemmer } = lexicon
  const aliases = [...row.shortNames, abbreviateKind(row.kind)]
  return {
    terms: extractRowTerms(row, lexicon),
    name: normalizeKind(row.kind, stemmer),
    aliases: new Set(aliases.flatMap((alias) => stemmer.stemText(alias))),
  }
}
