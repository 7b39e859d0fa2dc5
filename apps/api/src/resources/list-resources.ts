import type { Freshness } from '@capstan/shared/contract/catalog/freshness'
import type { ResourcePage } from '@capstan/shared/contract/catalog/resource-page'
import type { ResourceView } from '@capstan/shared/contract/catalog/resource-view'
import type { ResourcesQuery } from '@capstan/shared/contract/catalog/resources-query'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { decodeCursor, encodeCursor } from '@capstan/shared/cursor'
import type { ApiDeps } from '../deps.ts'
import { discoverTypes } from '../clusters/find-types.ts'
import { openCluster } from '../clusters/open-cluster.ts'

/** Lists the current types of a cluster with the freshness of their capabilities. */
export async function listResources(
  deps: Pick<ApiDeps, 'clusters' | 'catalog'>,
  query: ResourcesQuery,
  signal: AbortSignal,
): Promise<ResourcePage> {
  const source = openCluster(deps, query.cluster)
  const { types, unavailable } = await discoverTypes(source, signal)
  const readFreshness = await readCatalogState(deps, source.name)
  const after = query.cursor === undefined ? '' : decodeCursor(query.cursor)
  const matching = types
    .map((type) => ({
      ...type,
      resource: resourceName(type),
      capability: readFreshness(resourceName(type)),
    }))
    .filter((view) => view.resource > after && matchesQuery(view, query))
    .toSorted((a, b) => (a.resource < b.resource ? -1 : 1))
  const data = matching.slice(0, query.limit)
  const hasMore = matching.length > query.limit
  return {
    data,
    page: {
      limit: query.limit,
      nextCursor: hasMore ? encodeCursor(data.at(-1)?.resource ?? '') : null,
    },
    unavailable,
    warnings: source.warnings(),
  }
}

/**
 * Reads the freshness of all types of a cluster at once, because a read for each type would take thousands of reads.
 */
export async function readCatalogState(
  { catalog }: Pick<ApiDeps, 'catalog'>,
  cluster: string,
): Promise<(resource: string) => Freshness> {
  const fresh = await catalog.contentKeys(cluster)
  const stale = new Set<string>()
  let cursor: string | undefined
  do {
    const where = cursor === undefined ? { limit: 200 } : { limit: 200, cursor }
    const { data, page } = await catalog.list({ cluster, stale: true }, where)
    for (const { resource } of data) stale.add(resource)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return (resource) => (fresh.has(resource) ? 'fresh' : stale.has(resource) ? 'stale' : 'missing')
}

function matchesQuery(view: ResourceView, { q, group, crd, capability }: ResourcesQuery): boolean {
  const names = [view.resource, view.kind, ...view.shortNames]
  const part = q?.toLowerCase() ?? ''
  return (
    names.some((name) => name.toLowerCase().includes(part)) &&
    (group === undefined || view.group === group) &&
    (crd === undefined || (view.origin === 'crd') === crd) &&
    (capability === undefined || view.capability === capability)
  )
}
