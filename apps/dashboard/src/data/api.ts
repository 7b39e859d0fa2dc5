// All requests of the dashboard to the REST API. Pages call these and know no paths.
import type { ItemReason } from '@capstan/shared/contract/problem'
import type { ItemSort } from '@capstan/shared/contract/scan/item-sorts'
import type { Page } from '@capstan/shared/contract/page'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem, ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import type { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { SessionView } from '@capstan/shared/contract/login/session'
import type { OverrideRequest } from '@capstan/shared/contract/catalog/override-request'
import type { ResourceDetail } from '@capstan/shared/contract/catalog/resource-detail'
import type { CapabilityView } from '@capstan/shared/contract/capability'
import type { Budget } from '@capstan/shared/contract/scan/budget'
import type { ScanDiff } from '@capstan/shared/contract/scan/scan-diff'
import type { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import type { ClusterComparison } from '@capstan/shared/contract/catalog/cluster-comparison'
import type { CompareQuery } from '@capstan/shared/contract/catalog/compare-query'
import type { FacetsView } from '@capstan/shared/contract/catalog/facets-view'
import type { Freshness } from '@capstan/shared/contract/catalog/freshness'
import type { ResourcePage } from '@capstan/shared/contract/catalog/resource-page'
import type { SearchAnswer } from '@capstan/shared/contract/catalog/search-answer'
import type { ProviderList } from '@capstan/shared/contract/providers/provider-list'
import type { ProviderTestResult } from '@capstan/shared/contract/providers/provider-test-result'
import type { QueueStatus } from '@capstan/shared/contract/queue/queue-status'
import type { Schedule, ScheduleRequest } from '@capstan/shared/contract/scan/schedule'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { StoredFrame } from './frame.ts'
import { request } from './request.ts'
import { requestText } from './request-text.ts'

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
  /** Only types that failed for this reason. */
  reason?: ItemReason | undefined
  /** Empty: the core group. */
  group?: string | undefined
  q?: string | undefined
  sort?: ItemSort | undefined
  cursor?: string | null | undefined
  limit?: number
}

export interface ScanEvents {
  data: StoredFrame[]
  page: { nextCursor: string | null }
  /** Sequence numbers of events that are no longer kept. */
  gap: { from: number; to: number } | null
}

/** Filters of the catalog. An empty group is the core group. */
export interface CatalogFilter {
  cluster?: string | undefined
  group?: string | undefined
  provider?: string | undefined
  complexity?: string | undefined
  source?: string | undefined
  stale?: boolean | undefined
  suspicious?: boolean | undefined
  lowConfidence?: boolean | undefined
}

export interface ListResources {
  cluster?: string | undefined
  capability?: Freshness | undefined
  cursor?: string | null | undefined
}

/** Which account of a provider is meant. Absent: all, or the one with the most headroom. */
export interface AccountChoice {
  account?: string
  model?: string
}

/** The query of a search, or the page of a list. */
interface CatalogPart {
  q?: string
  cursor?: string | null
  limit?: number
}

type QueryWithGroup = ListItems | (CatalogFilter & CatalogPart)

/** The largest page of a list. */
const PAGE = 200

export interface ClusterPair {
  cluster: string
  other: string
}

/** Each function sends one request. All throw ProblemError with the answer of the server. */
export const api = {
  readSession: (): Promise<SessionView> => request('session'),
  /** Logs in with a token; the browser keeps the cookie. */
  login: (token: string): Promise<null> => request('session', { method: 'POST', body: { token } }),
  logout: (): Promise<null> => request('session', { method: 'DELETE' }),

  listScans: (list: ListScans, signal?: AbortSignal): Promise<Page<Scan>> =>
    request(`scans${toQuery(list)}`, { signal }),
  readScan: (id: string, signal?: AbortSignal): Promise<Scan> => request(`scans/${id}`, { signal }),
  /** Dry run: makes no call and stores nothing. */
  planScan: (input: ScanInput, signal: AbortSignal): Promise<ScanPlan> =>
    request('scans', { method: 'POST', body: { ...input, dryRun: true }, signal }),
  /** A key of one's own makes a repeated start return the first scan. */
  startScan: (input: ScanInput, key: string): Promise<StartedScan> =>
    request('scans', { method: 'POST', body: input, headers: { 'idempotency-key': key } }),
  controlScan: (id: string, action: ScanAction): Promise<Scan> =>
    request(`scans/${id}/${action}`, { method: 'POST', body: {} }),
  /** A scan that its budget has paused needs a larger limit. */
  resumeScan: (id: string, budget: Budget): Promise<Scan> =>
    request(`scans/${id}/resume`, { method: 'POST', body: { budget } }),
  /** Gives up failed types: they count as skipped. */
  discardFailed: (id: string, only: 'failed' | string[]): Promise<Scan> =>
    request(`scans/${id}/discard`, { method: 'POST', body: { only } }),
  retryScan: (id: string, only: 'failed' | string[]): Promise<Scan> =>
    request(`scans/${id}/retry`, { method: 'POST', body: { only } }),
  forgetScan: (id: string): Promise<null> => request(`scans/${id}`, { method: 'DELETE' }),
  listItems: (id: string, list: ListItems, signal?: AbortSignal): Promise<Page<ScanItem>> =>
    request(`scans/${id}/resources${toQueryWithGroup(list)}`, { signal }),
  readItem: (id: string, resource: string, signal?: AbortSignal): Promise<ScanItem> =>
    request(`scans/${id}/resources/${encodeURIComponent(resource)}`, { signal }),
  /** Events after a sequence number, in order. */
  listEvents: (
    id: string,
    list: { after: number; limit: number; types?: string },
    signal?: AbortSignal,
  ): Promise<ScanEvents> => request(`scans/${id}/events${toQuery(list)}`, { signal }),
  diffScans: (id: string, against: string, signal?: AbortSignal): Promise<ScanDiff> =>
    request(`scans/${id}/diff${toQuery({ against })}`, { signal }),

  readCapability: (
    cluster: string,
    resource: string,
    signal?: AbortSignal,
  ): Promise<CapabilityView> =>
    request(`capabilities/${encodeURIComponent(resource)}${toQuery({ cluster })}`, { signal }),
  overrideCapability: (
    cluster: string,
    resource: string,
    body: OverrideRequest,
  ): Promise<CapabilityView> =>
    request(`capabilities/${encodeURIComponent(resource)}/override${toQuery({ cluster })}`, {
      method: 'PUT',
      body,
    }),
  removeOverride: (cluster: string, resource: string): Promise<null> =>
    request(`capabilities/${encodeURIComponent(resource)}/override${toQuery({ cluster })}`, {
      method: 'DELETE',
    }),
  readType: (cluster: string, resource: string, signal?: AbortSignal): Promise<ResourceDetail> =>
    request(`resources/${encodeURIComponent(resource)}${toQuery({ cluster })}`, { signal }),

  listCapabilities: (
    filter: CatalogFilter,
    list: { cursor?: string | null; limit: number },
    signal?: AbortSignal,
  ): Promise<Page<CapabilityView>> =>
    request(`capabilities${toQueryWithGroup({ ...filter, ...list })}`, { signal }),
  /** A page of the types of one kind, and the counts of all. */
  compareClusters: (
    { cluster, other }: ClusterPair,
    list: { only: CompareQuery['only']; cursor?: string | null },
    signal?: AbortSignal,
  ): Promise<ClusterComparison> =>
    request(`capabilities/compare${toQuery({ cluster, with: other, ...list, limit: PAGE })}`, {
      signal,
    }),
  readFacets: (filter: CatalogFilter, signal?: AbortSignal): Promise<FacetsView> =>
    request(`capabilities/facets${toQueryWithGroup(filter)}`, { signal }),
  searchCapabilities: (
    q: string,
    filter: CatalogFilter,
    limit: number,
    signal?: AbortSignal,
  ): Promise<SearchAnswer> =>
    request(`capabilities/search${toQueryWithGroup({ ...filter, q, limit })}`, { signal }),
  listResources: (list: ListResources, signal?: AbortSignal): Promise<ResourcePage> =>
    request(`resources${toQuery({ ...list, limit: PAGE })}`, { signal }),
  /** A minimal manifest of the type, as YAML. */
  readExample: (cluster: string, resource: string, signal?: AbortSignal): Promise<string> =>
    requestText(`resources/${encodeURIComponent(resource)}/example${toQuery({ cluster })}`, signal),

  readQueue: (signal?: AbortSignal): Promise<QueueStatus> => request('queue', { signal }),
  listWorkers: (signal?: AbortSignal): Promise<{ data: WorkerStatus[] }> =>
    request('workers', { signal }),
  listProviders: (signal?: AbortSignal): Promise<ProviderList> => request('providers', { signal }),
  /** Makes one call, which costs as much as one type. */
  testProvider: (provider: string, choice: AccountChoice): Promise<ProviderTestResult> =>
    request(`providers/${provider}/test`, { method: 'POST', body: choice }),
  pauseQueues: (): Promise<QueueStatus> => request('queue/pause', { method: 'POST', body: {} }),
  listSchedules: (signal?: AbortSignal): Promise<{ data: Schedule[] }> =>
    request('schedules', { signal }),
  /** Creates or replaces a schedule. */
  putSchedule: (
    name: string,
    body: Pick<ScheduleRequest, 'cron' | 'timeZone' | 'paused'> & { scan: ScanInput },
  ): Promise<Schedule> => request(`schedules/${encodeURIComponent(name)}`, { method: 'PUT', body }),
  deleteSchedule: (name: string): Promise<null> =>
    request(`schedules/${encodeURIComponent(name)}`, { method: 'DELETE' }),

  /** Ends pauses and open circuit breakers: calls start at once. */
  endPauses: (provider: string, only: AccountChoice): Promise<unknown> =>
    request(`providers/${provider}/resume`, { method: 'POST', body: only }),
  resumeQueues: (): Promise<unknown> => request('queue/resume', { method: 'POST', body: {} }),
} as const

/** An empty group is a value of its own. */
export function toQueryWithGroup({ group, ...rest }: QueryWithGroup): string {
  const query = toQuery(rest)
  if (group === undefined) return query
  return `${query === '' ? '?' : `${query}&`}group=${encodeURIComponent(group)}`
}

/** Absent and empty values are left out. */
function toQuery(values: object): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}
