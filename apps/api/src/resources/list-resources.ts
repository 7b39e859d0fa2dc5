import { z } from 'zod'
import { pageSchema, PageQuery } from '@capstan/shared/contract/page'
import { resourceName, ResourceType } from '@capstan/shared/contract/resource-type'
import { decodeCursor, encodeCursor } from '@capstan/shared/cursor'
import type { ApiDeps } from '../deps.ts'
import { discover } from '../clusters/find-types.ts'
import { openCluster } from '../clusters/open-cluster.ts'

/** Whether the catalog knows a type: `stale` means it has changed or was gone since. */
const Known = z.enum(['missing', 'stale', 'fresh'])

export const ResourceView = ResourceType.extend({ resource: z.string(), capability: Known })
export type ResourceView = z.infer<typeof ResourceView>

export const ResourcesQuery = PageQuery.extend({
  cluster: z.string().min(1).max(253).optional(),
  q: z.string().max(253).optional().describe('Part of the name, kind or a short name.'),
  group: z.string().max(253).optional().describe('API group; empty for the core group.'),
  crd: z.stringbool().optional().describe('Only types that CRDs define, or only others.'),
  capability: Known.optional(),
})
type ResourcesQuery = z.infer<typeof ResourcesQuery>

export const ResourcePage = pageSchema(ResourceView).extend({
  unavailable: z.array(z.object({ group: z.string(), reason: z.string() })),
  warnings: z
    .array(z.string())
    .describe('What was left out: files and definitions of a manifest folder, with the reason.'),
})

/** What a cluster offers right now, beside what is known of it. */
export async function listResources(
  deps: Pick<ApiDeps, 'clusters' | 'catalog'>,
  query: ResourcesQuery,
  signal: AbortSignal,
): Promise<z.infer<typeof ResourcePage>> {
  const source = openCluster(deps, query.cluster)
  const { types, unavailable } = await discover(source, signal)
  const knownAs = await catalogState(deps, source.name)
  const after = query.cursor === undefined ? '' : decodeCursor(query.cursor)
  const matching = types
    .map((type) => ({
      ...type,
      resource: resourceName(type),
      capability: knownAs(resourceName(type)),
    }))
    .filter((view) => view.resource > after && matches(view, query))
    .toSorted((a, b) => (a.resource < b.resource ? -1 : 1))
  const data = matching.slice(0, query.limit)
  const more = matching.length > query.limit
  return {
    data,
    page: {
      limit: query.limit,
      nextCursor: more ? encodeCursor(data.at(-1)?.resource ?? '') : null,
    },
    unavailable,
    warnings: source.warnings(),
  }
}

/** Looks up all of a cluster at once: a row for each type would be thousands of reads. */
export async function catalogState(
  { catalog }: Pick<ApiDeps, 'catalog'>,
  cluster: string,
): Promise<(resource: string) => z.infer<typeof Known>> {
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

function matches(view: ResourceView, { q, group, crd, capability }: ResourcesQuery): boolean {
  const names = [view.resource, view.kind, ...view.shortNames]
  const part = q?.toLowerCase() ?? ''
  return (
    names.some((name) => name.toLowerCase().includes(part)) &&
    (group === undefined || view.group === group) &&
    (crd === undefined || (view.origin === 'crd') === crd) &&
    (capability === undefined || view.capability === capability)
  )
}
