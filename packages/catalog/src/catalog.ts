import type { Capability } from '@capstan/shared/contract/capability'
import type { Page } from '@capstan/shared/contract/page'

export interface CapabilityFilter {
  cluster?: string
  group?: string
  /** Matches one of `providers`, case-insensitively. */
  provider?: string
  complexity?: 'low' | 'medium' | 'high'
  scope?: 'Namespaced' | 'Cluster'
  minConfidence?: number
  /** Only what is flagged for a look by a person, or only the rest. */
  lowConfidence?: boolean
  stale?: boolean
}

export interface SearchHit {
  capability: Capability
  /** Comparable only within one answer. */
  score: number
  /** Fields in which a word of the query was found. */
  matched: string[]
}

export interface Facets {
  clusters: Record<string, number>
  groups: Record<string, number>
  providers: Record<string, number>
  complexity: Record<string, number>
  scope: Record<string, number>
  lowConfidence: number
  stale: number
}

export interface SearchResult {
  /** What really ran. Only `keyword` exists so far; asking for more is answered by this and said in `note`. */
  mode: 'keyword'
  note: string | null
  hits: SearchHit[]
  facets: Facets
}

/** Where found capabilities live. Every write may be repeated; the last write of a row wins. */
export interface Catalog {
  put(capabilities: Capability[]): Promise<void>
  get(cluster: string, resource: string): Promise<Capability | undefined>
  /** Ordered by cluster, then resource. */
  list(
    filter: CapabilityFilter,
    page: { limit: number; cursor?: string },
  ): Promise<Page<Capability>>
  count(filter: CapabilityFilter): Promise<number>
  search(query: string, filter: CapabilityFilter, limit: number): Promise<SearchResult>
  facets(filter: CapabilityFilter): Promise<Facets>
  /** Content key of every fresh row of a cluster: what the planner compares to skip unchanged types. */
  contentKeys(cluster: string): Promise<Map<string, string>>
  /** Flags rows of a cluster as stale or fresh. */
  markStale(cluster: string, resources: string[], stale: boolean): Promise<void>
  remove(cluster: string, resource: string): Promise<boolean>
  removeAll(cluster: string): Promise<number>
  close(): Promise<void>
}
