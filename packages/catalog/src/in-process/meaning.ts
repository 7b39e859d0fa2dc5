import type { Capability } from '@capstan/shared/contract/capability'

/** What rows mean, in this process, by whatever method. */
export interface Meaning {
  /** Rows that cannot be found by meaning yet. */
  readonly waiting: number
  set(id: string, row: Capability): void
  delete(id: string): void
  clear(): void
  /** Works on what waits. Never rejects: what cannot be done now waits on. */
  fill(): Promise<void>
  /** Likeness of each row that has to do with the query, in no order. Rejects when nobody can say what it means. */
  search(query: string, signal: AbortSignal): Promise<Map<string, number>>
  close(): void
}
