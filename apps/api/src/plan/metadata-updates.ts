import type { ClusterSource } from '@capstan/cluster/cluster-source'
import type { ApiDeps } from '../deps.ts'
import type { RowFreshness } from '@capstan/catalog/catalog'
import { serializeMetadata, type TypeMetadata } from '@capstan/catalog/type-metadata'
import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName } from '@capstan/shared/contract/resource-type'

/**
 * Finds types whose metadata (verbs, short names, categories, printer columns) differs between catalog and cluster.
 * Unchanged types get no new row from a worker, so the planner updates these columns.
 */
export interface MetadataUpdates {
  note(definition: Definition): void
  /** New metadata by resource. */
  outdated: ReadonlyMap<string, TypeMetadata>
}

export function collectMetadataUpdates(rows: RowFreshness[]): MetadataUpdates {
  const known = new Map(rows.map(({ resource, metadata }) => [resource, metadata]))
  const outdated = new Map<string, TypeMetadata>()
  return {
    outdated,
    note: ({ type, printerColumns }) => {
      const { verbs, shortNames, categories } = type
      const metadata = { verbs, shortNames, categories, printerColumns }
      const resource = resourceName(type)
      if (known.get(resource) !== serializeMetadata(metadata)) outdated.set(resource, metadata)
    },
  }
}

/**
 * Writes the collected metadata to the catalog. Skipped after a degraded discovery (for example no access to CRDs),
 * because the catalog may be more complete.
 */
export async function applyMetadataUpdates(
  { catalog }: Pick<ApiDeps, 'catalog'>,
  source: Pick<ClusterSource, 'name' | 'warnings'>,
  { outdated }: MetadataUpdates,
): Promise<void> {
  if (outdated.size === 0 || source.warnings().length > 0) return
  await catalog.setMetadata(source.name, outdated)
}
