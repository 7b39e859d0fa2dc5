import type { Capability } from '@capstan/shared/contract/capability'
import type { ReindexProgress } from '../catalog.ts'
import type { ScoredId } from './select-best.ts'
import type { ScoreOptions } from './inverted-index.ts'

export interface RebuildResult {
  /** What is compared from now on, and what was before. */
  store: string
  previous: string | null
}

/** Nothing can be found by meaning before a person has acted. Its text says what to do. */
export class ReindexRequiredError extends Error {
  override readonly name = 'MeaningRefused'
}

export interface SemanticQuery {
  /** As it was typed. */
  text: string
  /** Its words as they were understood; empty when they were not. */
  stems: string[]
}

/** What rows mean, in this process, by whatever method. */
export interface SemanticIndex {
  /** Rows that cannot be found by meaning yet. */
  readonly waiting: number
  /** Why it does not work, for people; undefined when all is well. */
  readonly warning?: string | undefined
  set(id: string, row: Capability): void
  delete(id: string): void
  clear(): void
  /** Works on what waits. Never rejects: what cannot be done now waits on. */
  fill(): Promise<void>
  /** Likeness of the rows that pass and have to do with the query, in no order. Rejects when nobody can say what it means. */
  search(query: SemanticQuery, narrowing: ScoreOptions, signal: AbortSignal): Promise<ScoredId[]>
  /** Makes what is compared anew for all rows, and switches to it when it is complete. Rejects when it cannot be made. */
  renew(onProgress: ReindexProgress, signal: AbortSignal): Promise<RebuildResult>
  close(): void
}
