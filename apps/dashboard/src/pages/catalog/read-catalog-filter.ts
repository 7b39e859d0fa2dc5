import type { CatalogFilter } from '../../data/api.ts'

/** Stands for the core API group in the URL, where an empty text means no filter. */
export const CORE = 'core'

/** Parameters of the URL that filter the catalog. */
export const FILTER_NAMES = [
  'cluster',
  'provider',
  'complexity',
  'group',
  'source',
  'only',
] as const
export type FilterName = (typeof FILTER_NAMES)[number]

/** Reads the filter of the catalog from the URL. */
export function readCatalogFilter(query: URLSearchParams): CatalogFilter {
  const read = (name: FilterName): string | undefined => query.get(name) ?? undefined
  const group = read('group')
  const only = read('only')
  return {
    cluster: read('cluster'),
    provider: read('provider'),
    complexity: read('complexity'),
    source: read('source'),
    ...(group === undefined ? {} : { group: group === CORE ? '' : group }),
    ...(only === 'stale' ? { stale: true } : {}),
    ...(only === 'low-confidence' ? { lowConfidence: true } : {}),
    ...(only === 'suspicious' ? { suspicious: true } : {}),
  }
}
