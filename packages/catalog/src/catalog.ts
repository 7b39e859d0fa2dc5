import type { SEARCH_MODES } from '@capstan/shared/contract/choice-names'
import type { Capability } from '@capstan/shared/contract/capability'
import type { Page } from '@capstan/shared/contract/page'
import type { TypeMetadata } from './type-metadata.ts'

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
  /** Only what may answer to instructions in its definition, or only the rest. */
  suspicious?: boolean
  stale?: boolean
}

export interface CapabilityHit {
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
  suspicious: number
  stale: number
}

/** hybrid: by meaning and by word, fused by rank. semantic: by meaning alone. keyword: by word alone. */
export type SearchMode = (typeof SEARCH_MODES)[number]

export interface CapabilitySearchOptions {
  limit: number
  /** Default `hybrid`. */
  mode?: SearchMode | undefined
}

export interface SearchResult {
  /** What really ran. */
  mode: SearchMode
  /** Why that is less than was asked for, or what the search could not see; null when nothing is to be said. */
  note: string | null
  hits: CapabilityHit[]
  /** Of everything that was found, not only of the hits shown. */
  facets: Facets
}

export type ReindexProgress = (done: number, total: number) => void

export interface ReindexReport {
  types: number
  /** What is searched from now on, and what was before and is still there. */
  store: string
  previous: string | null
}

/** What a planner has to know of a row; far less than the row. */
export interface RowFreshness {
  resource: string
  contentKey: string
  /** When the scan began that looked at the definition, RFC 3339. */
  asOf: string
  stale: boolean
  /** `serializeMetadata` of what the row says. */
  metadata: string
}

/**
 * Where found capabilities live. Every write may be repeated, and what was written is read by everybody at once.
 * Rejects when the store cannot be reached; nothing is half written then that a repetition would not complete.
 */
export interface Catalog {
  /** Keeps a row that is newer (by `provenance.asOf`, then `inferredAt`) than the one given, so that a late writer undoes nothing. */
  put(capabilities: Capability[]): Promise<void>
  get(cluster: string, resource: string): Promise<Capability | undefined>
  /** Ordered by cluster, then resource. */
  list(
    filter: CapabilityFilter,
    page: { limit: number; cursor?: string },
  ): Promise<Page<Capability>>
  count(filter: CapabilityFilter): Promise<number>
  search(
    query: string,
    filter: CapabilityFilter,
    options: CapabilitySearchOptions,
  ): Promise<SearchResult>
  facets(filter: CapabilityFilter): Promise<Facets>
  /** Every row of a cluster, ordered by resource. Reads the rows alone: no index is made or waited for. */
  freshness(cluster: string): Promise<RowFreshness[]>
  /** Content key of every fresh row of a cluster: what the planner compares to skip unchanged types. */
  contentKeys(cluster: string): Promise<Map<string, string>>
  /** Flags rows of a cluster as stale or fresh. */
  markStale(cluster: string, resources: string[], stale: boolean): Promise<void>
  /** Replaces the metadata in rows of a cluster, by resource; what was answered of the types stays. */
  setMetadata(cluster: string, metadata: ReadonlyMap<string, TypeMetadata>): Promise<void>
  remove(cluster: string, resource: string): Promise<boolean>
  removeAll(cluster: string): Promise<number>
  /** Makes what is searched anew from the rows, beside the old one, and switches when it is complete. */
  reindex(onProgress: ReindexProgress, signal: AbortSignal): Promise<ReindexReport>
  /** Sentences on what does not work although reads and writes do; empty when all is well. */
  warnings(): Promise<string[]>
  close(): Promise<void>
}
