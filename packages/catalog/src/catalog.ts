import type { ShownSource } from '@capstan/shared/contract/answer-source'
import type { MATCH_STRENGTHS } from '@capstan/shared/contract/choice-names'
import type { Capability } from '@capstan/shared/contract/capability'
import type { SearchMode } from '@capstan/shared/contract/catalog/search-options'
import type { Page } from '@capstan/shared/contract/page'
import type { TypeMetadata } from './type-metadata.ts'

export interface CapabilityFilter {
  cluster?: string
  group?: string
  /** Matches one of `providers`, case-insensitively. */
  provider?: string
  complexity?: 'low' | 'medium' | 'high'
  scope?: 'Namespaced' | 'Cluster'
  source?: ShownSource
  minConfidence?: number
  /** True: only rows that are flagged for review. False: only the others. */
  lowConfidence?: boolean
  /** True: only rows whose definition may contain instructions to the model. False: only the others. */
  suspicious?: boolean
  stale?: boolean
}

export interface CapabilityHit {
  capability: Capability
  /** 0 to 1: how well the row answers the query, comparable between queries and catalogs. */
  score: number
  strength: MatchStrength
  /** Fields that match the query. */
  matched: string[]
}

export interface Facets {
  clusters: Record<string, number>
  groups: Record<string, number>
  providers: Record<string, number>
  complexity: Record<string, number>
  scope: Record<string, number>
  sources: Record<string, number>
  lowConfidence: number
  suspicious: number
  stale: number
}

/** strong: the row probably answers the query. weak: it shares words with it. */
export type MatchStrength = (typeof MATCH_STRENGTHS)[number]

export interface CapabilitySearchOptions {
  limit: number
  /** Leaves out hits with a lower score, 0 to 1. Default 0. */
  minScore?: number | undefined
  /** Default `hybrid`. */
  mode?: SearchMode | undefined
}

export interface SearchResult {
  /** The mode that ran. */
  mode: SearchMode
  /** Why another mode ran, what the search could not find, or that no match is strong; null if none applies. */
  note: string | null
  /** Strong matches first, in both parts best first. */
  hits: CapabilityHit[]
  /** Counts over everything found, not only over `hits`. */
  facets: Facets
}

export type ReindexProgress = (done: number, total: number) => void

export interface ReindexReport {
  types: number
  /** Name of the collection or vector space that searches use now. */
  store: string
  /** Its predecessor, which still exists; null if there was none. */
  previous: string | null
}

/** The state of a row that a planner compares with the cluster; far smaller than the row. */
export interface RowFreshness {
  resource: string
  contentKey: string
  /** Start of the scan that read the definition, RFC 3339. */
  asOf: string
  stale: boolean
  /** `serializeMetadata` of the row. */
  metadata: string
}

/**
 * Stores and searches capabilities. Writes are idempotent and visible to every process at once. Methods reject when the
 * store is unreachable; repeating a failed write completes it.
 */
export interface Catalog {
  /** Does not replace a newer row (by `provenance.asOf`, then `inferredAt`), so a late writer reverts nothing. */
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
  /** Freshness of every row of a cluster, ordered by resource. Builds no index. */
  freshness(cluster: string): Promise<RowFreshness[]>
  /** Content key of every fresh row of a cluster: the planner skips types whose key is unchanged. */
  contentKeys(cluster: string): Promise<Map<string, string>>
  /** Marks rows of a cluster as stale or fresh. */
  markStale(cluster: string, resources: string[], stale: boolean): Promise<void>
  /** Replaces the metadata of rows, by resource. The inferred fields stay. */
  setMetadata(cluster: string, metadata: ReadonlyMap<string, TypeMetadata>): Promise<void>
  remove(cluster: string, resource: string): Promise<boolean>
  removeAll(cluster: string): Promise<number>
  /** Rebuilds the search index from the rows beside the old one, and switches when it is complete. */
  reindex(onProgress: ReindexProgress, signal: AbortSignal): Promise<ReindexReport>
  /** Sentences on degraded functions while reads and writes work; empty if none is degraded. */
  warnings(): Promise<string[]>
  close(): Promise<void>
}
