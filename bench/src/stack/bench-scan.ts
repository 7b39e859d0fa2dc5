import { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { callApi } from './call-api.ts'

/** Starts a scan. Throws with the problem when the API refuses it. */
export async function startBenchScan(
  apiUrl: string,
  request: Partial<ScanRequest>,
  signal: AbortSignal,
): Promise<Scan> {
  const url = `${apiUrl}/api/v1/scans`
  return Scan.parse(await callApi(url, { method: 'POST', body: request, signal }))
}

/** Reads a scan; `prefer` as documented by the API. */
export async function readBenchScan(
  apiUrl: string,
  scanId: string,
  signal: AbortSignal,
  prefer?: string,
): Promise<Scan> {
  const headers = prefer === undefined ? {} : { prefer }
  return Scan.parse(await callApi(`${apiUrl}/api/v1/scans/${scanId}`, { headers, signal }))
}

/** Cancels a scan and waits until nothing of it is running. */
export async function cancelBenchScan(
  apiUrl: string,
  scanId: string,
  signal: AbortSignal,
): Promise<void> {
  await callApi(`${apiUrl}/api/v1/scans/${scanId}/cancel`, { method: 'POST', signal })
  while (!(await readBenchScan(apiUrl, scanId, signal, 'wait=5')).done);
}
