import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { readBenchScan, startBenchScan } from './bench-scan.ts'

export interface ScanRun {
  /** The scan at its end. */
  scan: Scan
  /** Clock time (ms) just before the request was sent. */
  sentAtMs: number
}

/** Starts a scan and waits for its end. Throws with the problem when the API refuses it. */
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
