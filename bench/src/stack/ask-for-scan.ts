import { Scan, type StartScan } from '@capstan/shared/contract/scan'

/** Starts a scan. Throws with the problem when the API says no. */
export function startScan(
  apiUrl: string,
  request: Partial<StartScan>,
  signal: AbortSignal,
): Promise<Scan> {
  return ask(`${apiUrl}/api/v1/scans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal,
  })
}

/** Reads a scan; with `prefer` as the API documents it. */
export function readScan(
  apiUrl: string,
  scanId: string,
  signal: AbortSignal,
  prefer?: string,
): Promise<Scan> {
  const headers = prefer === undefined ? {} : { prefer }
  return ask(`${apiUrl}/api/v1/scans/${scanId}`, { headers, signal })
}

async function ask(url: string, init: RequestInit): Promise<Scan> {
  const response = await fetch(url, init)
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`)
  return Scan.parse(JSON.parse(text))
}
