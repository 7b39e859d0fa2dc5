import { setTimeout as wait } from 'node:timers/promises'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { readBenchScan, startBenchScan } from './bench-scan.ts'
import type { ScanRun } from './run-bench-scan.ts'

export interface PollOptions {
  everyMs: number
  /** Called with each sample of the scan and its clock time (ms). */
  onLook(scan: Scan, atMs: number): void
}

/** Starts a scan and polls it until its end. Throws when the API refuses it. */
export async function pollScanUntilEnd(
  apiUrl: string,
  request: Partial<ScanRequest>,
  { everyMs, onLook }: PollOptions,
  signal: AbortSignal,
): Promise<ScanRun> {
  const sentAtMs = Date.now()
  let scan = await startBenchScan(apiUrl, request, signal)
  while (!scan.done) {
    await wait(everyMs, undefined, { signal })
    scan = await readBenchScan(apiUrl, scan.id, signal)
    onLook(scan, Date.now())
  }
  return { scan, sentAtMs }
}
