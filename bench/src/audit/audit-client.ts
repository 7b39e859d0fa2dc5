import { Scan } from '@capstan/shared/contract/scan/scan'

/** Answers of any API process of an installation that may be killed at any time. */
export interface AuditClient {
  /** Starts a scan of all made-up types; repeats while processes are killed. */
  startScan(request?: Record<string, unknown>): Promise<string>
  /** The scan now, or undefined when the process that was asked has just been killed. */
  readScan(scanId: string): Promise<Scan | undefined>
  /** The scan once it has ended. Throws after `mostMs`. */
  waitForEnd(scanId: string, mostMs: number): Promise<Scan>
  /** Sends a request to a scan, such as `cancel`. */
  controlScan(scanId: string, action: 'cancel'): Promise<void>
}

const LOOK_MS = 200
/** Types that the folder of the cluster holds; the simulated API server adds built-in ones. */
const MADE_UP = '*.example.com'

/** `apiUrl` is asked before each request, so that a client hops between processes. */
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
