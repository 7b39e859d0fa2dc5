import type { Capability } from '@capstan/shared/contract/capability'
import { compatColumns } from './compat-columns.ts'
import { compatId, compatName } from '../compat-name.ts'

const LISTED_DESCRIPTION = 100

export function identityOf(row: Capability) {
  const resourceName = compatName(row)
  return { id: compatId(resourceName), resourceName }
}

/** One item of `list`. */
export function listedView(row: Capability) {
  const { apiVersion, version, group, capabilities, description, complexity, confidence } = row
  return {
    ...identityOf(row),
    apiVersion,
    version,
    group,
    capabilities,
    description:
      description.length > LISTED_DESCRIPTION
        ? `${description.slice(0, LISTED_DESCRIPTION)}...`
        : description,
    complexity,
    confidence,
    analyzedAt: row.provenance.inferredAt,
  }
}

/** The whole record, as `get` answers it. */
export function fullView(row: Capability) {
  const { description, providers, abstractions, useCase } = row
  return {
    ...listedView(row),
    providers,
    abstractions,
    description,
    useCase,
    printerColumns: compatColumns(row.printerColumns),
  }
}

/** One hit of `search`. `share` is its score as a part of the best one's. */
export function hitView(row: Capability, rank: number, share: number) {
  const { capabilities, providers, complexity, description, useCase, confidence } = row
  return {
    rank,
    score: Math.round(share * 100) / 100,
    ...identityOf(row),
    capabilities,
    providers,
    complexity,
    description,
    useCase,
    confidence,
    analyzedAt: row.provenance.inferredAt,
  }
}
