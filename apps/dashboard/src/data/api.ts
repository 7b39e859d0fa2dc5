// All requests of the dashboard to the REST API. Pages call these and know no paths.
import type { Page } from '@capstan/shared/contract/page'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem, ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import type { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { SessionView } from '@capstan/shared/contract/session-view'
import type { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import { request } from './request.ts'

/** A request body as people write it: what is absent has the default of the server. */
export type ScanInput = Partial<ScanRequest>
export type ScanAction = 'pause' | 'resume' | 'cancel'

export interface ListScans {
  status?: string | undefined
  cluster?: string | undefined
  cursor?: string | undefined
}

export interface ListItems {
  status?: ItemStatus | undefined
  q?: string | undefined
  sort?: 'resource' | 'duration' | undefined
  cursor?: string | undefined
  limit?: number
}

/** Each function sends one request. All throw ProblemError with the answer of the server. */
export const api = {
  readSession: (): Promise<SessionView> => request('session'),
  /** Logs in with a token; the browser keeps the cookie. */
  login: (token: string): Promise<null> => request('session', { method: 'POST', body: { token } }),
  logout: (): Promise<null> => request('session', { method: 'DELETE' }),

  listScans: (list: ListScans): Promise<Page<Scan>> => request(`scans${toQuery(list)}`),
  readScan: (id: string): Promise<Scan> => request(`scans/${id}`),
  /** Dry run: makes no call and stores nothing. */
  planScan: (input: ScanInput, signal: AbortSignal): Promise<ScanPlan> =>
    request('scans', { method: 'POST', body: { ...input, dryRun: true }, signal }),
  startScan: (input: ScanInput): Promise<StartedScan> =>
    request('scans', { method: 'POST', body: input }),
  controlScan: (id: string, action: ScanAction): Promise<Scan> =>
    request(`scans/${id}/${action}`, { method: 'POST', body: {} }),
  retryScan: (id: string, only: 'failed' | string[]): Promise<Scan> =>
    request(`scans/${id}/retry`, { method: 'POST', body: { only } }),
  forgetScan: (id: string): Promise<null> => request(`scans/${id}`, { method: 'DELETE' }),
  listItems: (id: string, list: ListItems): Promise<Page<ScanItem>> =>
    request(`scans/${id}/resources${toQuery(list)}`),
  readItem: (id: string, resource: string): Promise<ScanItem> =>
    request(`scans/${id}/resources/${encodeURIComponent(resource)}`),
} as const

/** Absent and empty values are left out. */
function toQuery(values: object): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}
