import type { ResourceDetail } from '@capstan/shared/contract/catalog/resource-detail'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { scrub } from '@capstan/shared/text/scrub'
import type { ApiDeps } from '../deps.ts'
import { openCluster } from '../clusters/open-cluster.ts'
import { resolveType } from '../clusters/resolve-resource.ts'
import { readCatalogState } from './list-resources.ts'

const READ_MS = 20_000

/** Reads one type from the cluster, with the outline for the model. */
export async function readResource(
  deps: Pick<ApiDeps, 'clusters' | 'catalog' | 'definitions'>,
  cluster: string | undefined,
  spelling: string,
  signal: AbortSignal,
): Promise<ResourceDetail> {
  const source = openCluster(deps, cluster)
  const type = await resolveType(source, spelling, { signal })
  const resource = resourceName(type)
  const capability = (await readCatalogState(deps, source.name))(resource)
  const known = deps.definitions.openCache(source.name)
  const within = AbortSignal.any([signal, AbortSignal.timeout(READ_MS)])
  for await (const described of source.describe([type], known, within)) {
    if (described.outcome === 'undescribable') {
      const reason = scrub(described.reason)
      return { ...type, resource, capability, definition: null, reason }
    }
    const { type: exact, ...definition } = described.definition
    return { ...exact, resource, capability, definition, reason: null }
  }
  return {
    ...type,
    resource,
    capability,
    definition: null,
    reason: 'the cluster returned no definition',
  }
}
