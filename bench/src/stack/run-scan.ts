import { Scan, type StartScan } from '@capstan/shared/contract/scan'

export interface ScanRun {
  /** As it ended. */
  scan: Scan
  /** Clock time (ms) just before the request was sent. */
  sentAtMs: number
}

/** Asks the API for a scan and waits for its end. Throws with the problem when the API says no. */
export async function runScan(
  apiUrl: string,
  request: Partial<StartScan>,
  signal: AbortSignal,
): Promise<ScanRun> {
  const sentAtMs = Date.now()
  let scan = await read(`${apiUrl}/api/v1/scans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal,
  })
  while (!scan.done) {
    scan = await read(`${apiUrl}/api/v1/scans/${scan.id}`, {
      headers: { prefer: 'wait=50' },
      signal,
    })
  }
  return { scan, sentAtMs }
}

async function read(url: string, init: RequestInit): Promise<Scan> {
  const response = await fetch(url, init)
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`)
  return Scan.parse(JSON.parse(text))
}
