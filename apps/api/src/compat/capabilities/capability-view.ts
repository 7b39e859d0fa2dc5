import type { Capability } from '@capstan/shared/contract/capability'
import { toCompatColumns } from './compat-columns.ts'
import { createCompatId, formatCompatName } from '../compat-name.ts'

const LISTED_DESCRIPTION = 100

export function toIdentityView(row: Capability) {
  const resourceName = formatCompatName(row)
  return { id: createCompatId(resourceName), resourceName }
}

/** Creates one item of `list`. */
export function toListView(row: Capability) {
  const { apiVersion, version, group, capabilities, description, complexity, confidence } = row
  return {
    ...toIdentityView(row),
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

/** Creates the complete record of `get`. */
export function toFullView(row: Capability) {
  const { description, providers, abstractions, useCase } = row
  return {
    ...toListView(row),
    providers,
    abstractions,
    description,
    useCase,
    printerColumns: toCompatColumns(row.printerColumns),
  }
}

/** Creates one hit of `search`. */
export function toSearchHitView(row: Capability, rank: number, score: number) {
  const { capabilities, providers, complexity, description, useCase, confidence } = row
  return {
    rank,
    score: Math.round(score * 100) / 100,
    ...toIdentityView(row),
    capabilities,
    providers,
    complexity,
    description,
    useCase,
    confidence,
    analyzedAt: row.provenance.inferredAt,
  }
}
