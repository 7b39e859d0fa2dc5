import { signal } from '@preact/signals'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { keepScan } from './store.ts'

/** A retry of this tab. */
export interface StartedRetry {
  runAttempt: number
  /** Types that the run repeats. */
  count: number
  /** Types that failed before and are not repeated. */
  otherFailures: number
}

const retries = signal<ReadonlyMap<string, StartedRetry>>(new Map())

export function findRetry(scanId: string): StartedRetry | undefined {
  return retries.value.get(scanId)
}

/** Keeps a scan as the response of a retry has it. `failed`: failed types before. */
export function keepRetry(scan: Scan, failed: number): void {
  const { id, runAttempt, progress } = scan
  const otherFailures = progress.failed
  const retry = { runAttempt, count: failed - otherFailures, otherFailures }
  retries.value = new Map(retries.value).set(id, retry)
  keepScan(scan)
}
