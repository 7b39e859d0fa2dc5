import { setTimeout as wait } from 'node:timers/promises'
import { Scan, type StartScan } from '@capstan/shared/contract/scan'
import type { ScanRun } from './run-scan.ts'

export interface Watch {
  everyMs: number
  /** Called with each look at the scan and the clock time (ms) at which it was taken. */
  onLook(scan: Scan, atMs: number): void
}

/** Asks the API for a scan and looks at it again and again until its end. Throws when the API says no. */
export async function watchScan(
  apiUrl: string,
  request: Partial<StartScan>,
  { everyMs, onLook }: Watch,
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
    await wait(everyMs, undefined, { signal })
    scan = await read(`${apiUrl}/api/v1/scans/${scan.id}`, { signal })
    onLook(scan, Date.now())
  }
  return { scan, sentAtMs }
}

async function read(url: string, init: RequestInit): Promise<Scan> {
  const response = await fetch(url, init)
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`)
  return Scan.parse(JSON.parse(text))
}
