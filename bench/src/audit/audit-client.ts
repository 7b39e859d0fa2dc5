import { Scan } from '@capstan/shared/contract/scan/scan'

/** A client of an installation whose API processes may be killed at any time. */
export interface AuditClient {
  /** Starts a scan of all generated types; retries while processes are killed. */
  startScan(request?: Record<string, unknown>): Promise<string>
  /** Reads the scan; undefined when the API process was just killed. */
  readScan(scanId: string): Promise<Scan | undefined>
  /** Returns the scan once it has ended. Throws after `mostMs`. */
  waitForEnd(scanId: string, mostMs: number): Promise<Scan>
  /** Sends an action to a scan, such as `cancel`. */
  controlScan(scanId: string, action: 'cancel'): Promise<void>
}

const LOOK_MS = 200
/** The generated types; the simulated API server adds built-in ones. */
const MADE_UP = '*.example.com'

/** `apiUrl` is called before each request, so that a client switches between processes. */
export function openAuditClient(apiUrl: () => string, signal: AbortSignal): AuditClient {
  let starts = 0
  const send = async (path: string, init: RequestInit = {}): Promise<Response | undefined> => {
    signal.throwIfAborted()
    const request = { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) }
    return fetch(`${apiUrl()}/api/v1${path}`, request).catch(() => undefined)
  }
  const readScan = async (scanId: string): Promise<Scan | undefined> => {
    const response = await send(`/scans/${scanId}`)
    if (response?.status !== 200) return undefined
    return Scan.parse(await response.json().catch(() => undefined))
  }
  return {
    readScan,
    startScan: async (request = {}) => {
      const key = `audit-${process.pid}-${(starts += 1)}`
      for (;;) {
        const response = await send('/scans', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify({ include: [MADE_UP], ...request }),
        })
        if (response?.ok) return Scan.parse(await response.json()).id
        if (response && response.status < 500) throw new Error(await response.text())
        await rest()
      }
    },
    waitForEnd: async (scanId, mostMs) => {
      const endsAt = performance.now() + mostMs
      for (;;) {
        const scan = await readScan(scanId)
        if (scan?.done) return scan
        if (performance.now() > endsAt) {
          throw new Error(
            `${scanId} has not ended in ${mostMs} ms: ${JSON.stringify(scan?.progress)}`,
          )
        }
        await rest()
      }
    },
    controlScan: async (scanId, action) => {
      while (!(await send(`/scans/${scanId}/${action}`, { method: 'POST' }))?.ok) await rest()
    },
  }
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_MS))
}
