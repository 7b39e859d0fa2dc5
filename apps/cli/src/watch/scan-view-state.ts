import type { ItemProblem } from '@capstan/shared/contract/problem'
import type { Scan } from '@capstan/shared/contract/scan/scan'

export interface RunningItem {
  /** Server time. */
  sinceMs: number
  attempt: number
}

export interface TypeFailure {
  resource: string
  attempts: number
  problem: ItemProblem
}

/** Everything that a view needs. Times are server times; `offsetMs` converts local to server time. */
export interface ScanViewState {
  scan: Scan
  running: ReadonlyMap<string, RunningItem>
  /** In order of arrival, one per type. */
  failures: readonly TypeFailure[]
  /** Server clock minus local clock. */
  offsetMs: number
  link: { state: 'live' } | { state: 'away'; why: string; untilMs: number }
  ended: boolean
}

export function createScanViewState(scan: Scan): ScanViewState {
  return {
    scan,
    running: new Map(),
    failures: [],
    offsetMs: 0,
    link: { state: 'live' },
    ended: scan.done,
  }
}
