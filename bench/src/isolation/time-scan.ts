import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { runBenchScan } from '../stack/run-bench-scan.ts'
import type { Workbench } from './workbench.ts'

/** Every type is analyzed again, and no scan joins another one. */
export const AGAIN = {
  mode: 'full',
  onConflict: 'parallel',
} as const satisfies Partial<ScanRequest>

/**
 * Milliseconds from the request of a scan until its end. Its calls have the latencies of every other scan of
 * the same types. Throws when a type fails.
 */
export async function timeScan(
  { stack, calls, signal }: Pick<Workbench, 'stack' | 'calls' | 'signal'>,
  request: Partial<ScanRequest>,
): Promise<number> {
  calls.repeatLatencies()
  const { scan, sentAtMs } = await runBenchScan(stack.apiUrl, { ...request, ...AGAIN }, signal)
  if (scan.status !== 'succeeded') throw new Error(`a measured scan ended as ${scan.status}`)
  return Date.parse(scan.finishedAt ?? '') - sentAtMs
}
