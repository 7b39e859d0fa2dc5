import type { Capability } from '@capstan/shared/contract/capability'
import type { ReindexProgress } from '../catalog.ts'
import type { ScoreOptions } from './inverted-index.ts'
import type { ScoredId } from './select-best.ts'

export interface RebuildResult {
  /** Name of the set of vectors (of one embedding model) that searches use now. */
  store: string
  /** Name of the set before the rebuild; null if there was none. */
  previous: string | null
}

/** Semantic search needs a reindex by an operator first. The message states how. */
export class ReindexRequiredError extends Error {
  override readonly name = 'ReindexRequiredError'
}

export interface SemanticQuery {
  /** The query as typed. */
  text: string
  /** Its stems with corrected spelling; empty if the keyword index knows less than half of its words. */
  stems: string[]
}

/** In-process search of rows by meaning. */
export interface SemanticIndex {
  /** Number of rows that are not searchable yet. */
  readonly pending: number
  /** Why semantic search does not work, for people; undefined if it works. */
  readonly warning?: string | undefined
  set(id: string, row: Capability): void
  delete(id: string): void
  clear(): void
  /** Makes pending rows searchable. Never rejects: rows that fail stay pending. */
  processPending(): Promise<void>
  /**
   * Returns the rows whose similarity is above the threshold of the index, with the similarity, unordered. Rejects when the
   * query cannot be embedded.
   */
  search(query: SemanticQuery, options: ScoreOptions, signal: AbortSignal): Promise<ScoredId[]>
  /** Rebuilds the index of all rows and switches to it when it is complete. Rejects if it cannot be built. */
  rebuild(onProgress: ReindexProgress, signal: AbortSignal): Promise<RebuildResult>
  close(): void
}
