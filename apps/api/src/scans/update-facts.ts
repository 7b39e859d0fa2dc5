import type { ClusterSource } from '@capstan/cluster/cluster-source'
import type { ApiDeps } from '../deps.ts'
import type { FactsCheck } from '../plan/metadata-updates.ts'

/** Not after a look that had to do with less, as without access to CRDs: the catalog may know better. */
export async function updateFacts(
  { catalog }: Pick<ApiDeps, 'catalog'>,
  source: Pick<ClusterSource, 'name' | 'warnings'>,
  { outdated }: FactsCheck,
): Promise<void> {
  if (outdated.size === 0 || source.warnings().length > 0) return
  await catalog.setMetadata(source.name, outdated)
}
