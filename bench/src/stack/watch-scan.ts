import { setTimeout as wait } from 'node:timers/promises'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { readScan, startScan } from './ask-for-scan.ts'
import type { ScanRun } from './run-scan.ts'

export interface Watch {
  everyMs: number
  /** Called with each look at the scan and the clock time (ms) at which it was taken. */
  onLook(scan: Scan, atMs: number): void
}

/** Asks the API for a scan and looks at it again and again until its end. Throws when the API says no. */
export async function watchScan(
  apiUrl: string,
  request: Partial<ScanRequest>,
  { everyMs, onLook }: Watch,
  signal: AbortSignal,
): Promise<ScanRun> {
  const sentAtMs = Date.now()
  let scan = await startScan(apiUrl, request, signal)
  while (!scan.done) {
    await wait(everyMs, undefined, { signal })
    scan = await readScan(apiUrl, scan.id, signal)
    onLook(scan, Date.now())
  }
  return { scan, sentAtMs }
}
