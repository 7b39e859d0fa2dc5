import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { readBenchScan, startBenchScan } from './bench-scan.ts'

export interface ScanRun {
  /** As it ended. */
  scan: Scan
  /** Clock time (ms) just before the request was sent. */
  sentAtMs: number
}

/** Asks the API for a scan and waits for its end. Throws with the problem when the API says no. */
export async function runBenchScan(
  apiUrl: string,
  request: Partial<ScanRequest>,
  signal: AbortSignal,
): Promise<ScanRun> {
  const sentAtMs = Date.now()
  let scan = await startBenchScan(apiUrl, request, signal)
  while (!scan.done) {
    scan = await readBenchScan(apiUrl, scan.id, signal, 'wait=50')
  }
  return { scan, sentAtMs }
}
