import type { ResourcePage } from '@capstan/shared/contract/catalog/resource-page'
import type { ResourceView } from '@capstan/shared/contract/catalog/resource-view'
import { api } from '../../data/api.ts'
import type { ScanFacts } from './type-state.ts'

/** Bounds the requests for one cluster: 10,000 types. */
const MOST_PAGES = 50
/** Failed types of the last scan that are shown as such. */
const MOST_FAILED = 200

export interface Coverage {
  types: ResourceView[]
  unavailable: ResourcePage['unavailable']
  warnings: string[]
}

/** Reads all types that a cluster serves. */
export async function readCoverage(
  cluster: string | undefined,
  signal: AbortSignal,
): Promise<Coverage> {
  const types: ResourceView[] = []
  let cursor: string | null = null
  for (let page = 0; ; page += 1) {
    const read: ResourcePage = await api.listResources({ cluster, cursor }, signal)
    types.push(...read.data)
    cursor = read.page.nextCursor
    if (cursor === null || page === MOST_PAGES)
      return { types, unavailable: read.unavailable, warnings: read.warnings }
  }
}

/** Reads what the last scan has left open, and which types scans leave out. */
export async function readScanFacts(
  cluster: string | undefined,
  mayPlan: boolean,
  signal: AbortSignal,
): Promise<ScanFacts> {
  const [failed, excluded] = await Promise.all([
    readLastFailed(cluster, signal),
    mayPlan ? readExcluded(cluster, signal) : new Map<string, string>(),
  ])
  return { failed, excluded }
}

async function readLastFailed(
  cluster: string | undefined,
  signal: AbortSignal,
): Promise<Set<string>> {
  const scans = await api.listScans({ cluster }, signal)
  const last = scans.data.find(({ done, include }) => done && include.includes('*'))
  if (last === undefined || last.progress.failed === 0) return new Set()
  const { data } = await api.listItems(last.id, { status: 'failed', limit: MOST_FAILED }, signal)
  return new Set(data.map(({ resource }) => resource))
}

async function readExcluded(
  cluster: string | undefined,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const plan = await api.planScan(cluster === undefined ? {} : { cluster }, signal)
  const left = plan.resources.filter(({ action }) => action === 'exclude')
  return new Map(left.map(({ resource, reason }) => [resource, reason]))
}
