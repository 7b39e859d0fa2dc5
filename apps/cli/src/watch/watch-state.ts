import type { ItemProblem } from '@capstan/shared/contract/problem'
import type { Scan } from '@capstan/shared/contract/scan/scan'

export interface RunningItem {
  /** Server time. */
  sinceMs: number
  attempt: number
}

export interface Failure {
  resource: string
  attempts: number
  problem: ItemProblem
}

/** All a view needs to show a scan. Times of the server are its own; `offsetMs` takes ours to them. */
export interface WatchState {
  scan: Scan
  running: ReadonlyMap<string, RunningItem>
  /** In the order they were heard of; one a type. */
  failures: readonly Failure[]
  /** Server clock minus ours. */
  offsetMs: number
  link: { state: 'live' } | { state: 'away'; why: string; untilMs: number }
  ended: boolean
}

export function startState(scan: Scan): WatchState {
  return {
    scan,
    running: new Map(),
    failures: [],
    offsetMs: 0,
    link: { state: 'live' },
    ended: scan.done,
  }
}
