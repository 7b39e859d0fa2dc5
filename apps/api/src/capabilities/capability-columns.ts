import type { CapabilityView } from '@capstan/shared/contract/capability'
import type { CsvColumn } from '../export/csv-column.ts'

/** Columns of the CSV export of the catalog. */
export const CAPABILITY_COLUMNS: CsvColumn<CapabilityView>[] = [
  ['cluster', (row) => row.cluster],
  ['resource', (row) => row.resource],
  ['apiVersion', (row) => row.apiVersion],
  ['kind', (row) => row.kind],
  ['scope', (row) => row.scope],
  ['capabilities', (row) => row.capabilities.join('; ')],
  ['providers', (row) => row.providers.join('; ')],
  ['abstractions', (row) => row.abstractions.join('; ')],
  ['complexity', (row) => row.complexity],
  ['description', (row) => row.description],
  ['useCase', (row) => row.useCase],
  ['confidence', (row) => row.confidence],
  ['source', (row) => row.source],
  ['stale', (row) => row.stale],
  ['overriddenBy', (row) => row.override?.by ?? ''],
  ['provider', (row) => row.provenance.provider],
  ['model', (row) => row.provenance.model],
  ['inferredAt', (row) => row.provenance.inferredAt],
  ['scanId', (row) => row.provenance.scanId],
  ['worker', (row) => row.provenance.worker ?? ''],
  ['attempt', (row) => row.provenance.attempt ?? ''],
]
