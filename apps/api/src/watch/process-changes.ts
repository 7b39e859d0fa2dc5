import type { ClusterSource, Discovery } from '@capstan/cluster/cluster-source'
import { selectTypes } from '@capstan/cluster/select-types'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { createScanId } from '@capstan/shared/scan-id'
import { isInUnavailableGroup } from '../removals/compare-with-discovery.ts'
import { markRemovedTypes } from '../removals/mark-removed-types.ts'
import { previewScan } from '../plan/dry-run.ts'
import { discoverTypes } from '../clusters/find-types.ts'
import { startScan, type StartDeps } from '../scans/start-scan.ts'
import { applyMetadataUpdates } from '../plan/metadata-updates.ts'
import type { ApiDeps } from '../deps.ts'
import { isCrdVersion, formatServedVersion, type PendingChanges } from './pending-changes.ts'
import type { RetryBackoff } from './retry-backoff.ts'
import type { ProcessedVersions } from './processed-versions.ts'

export type ProcessDeps = StartDeps &
  Pick<ApiDeps, 'catalog' | 'definitions' | 'results' | 'curatedAnswers'>

export interface WatchContext {
  source: ClusterSource
  state: ProcessedVersions
  pending: PendingChanges
  /** Types whose definition could not be read. */
  unread: RetryBackoff
  /** Types that discovery does not list yet, or whose removal it does not confirm. */
  unseen: RetryBackoff
}

/** Maximum number of includes of a start. */
const MAX_TYPES = 500

/**
 * Processes pending changes that discovery already shows: scans changed types and marks removed types. Changes are
 * recorded as processed afterwards, so a process that dies in between repeats them.
 */
export async function processChanges(
  deps: ProcessDeps,
  watching: WatchContext,
  signal: AbortSignal,
): Promise<void> {
  const { source, pending } = watching
  const discovery = await discoverTypes(source, signal)
  const offered = await listServedVersions(discovery)
  noteServedVersions(pending, discovery, offered)
  await scanChanged(deps, watching, offered, signal)
  await markRemovedTypesStale(deps, watching, discovery, signal)
  deferUnseen(watching, offered)
}

function deferUnseen(
  { pending, unread, unseen }: WatchContext,
  offered: ReadonlyMap<string, string>,
): void {
  for (const [resource, version] of pending.changed) {
    if (!offered.has(resource)) unseen.note(resource, version)
  }
  for (const resource of pending.gone) unseen.note(resource, GONE)
  unseen.keep((one) => pending.gone.has(one) || (pending.changed.has(one) && !offered.has(one)))
  unread.keep((one) => pending.changed.has(one))
}

/** Version of a type that seems to be removed. */
const GONE = 'gone'

/**
 * Returns the delay until the next run, at most `maxMs`. It is `retryMs` for changes without a backoff, and at least
 * `retryMs` after a failed run: an expired backoff would otherwise cause a busy loop while the cluster is unreachable.
 */
export function computeNextRunDelayMs(
  { pending, unread, unseen }: Pick<WatchContext, 'pending' | 'unread' | 'unseen'>,
  { retryMs, maxMs, hasFailed }: { retryMs: number; maxMs: number; hasFailed: boolean },
): number {
  const changed = [...pending.changed].map(([resource, version]) => {
    const waits = [unread.dueInMs(resource, version), unseen.dueInMs(resource, version)]
    // An unreadable type also waits for discovery when discovery no longer lists it.
    return findLongest(waits) ?? retryMs
  })
  const gone = [...pending.gone].map((resource) => unseen.dueInMs(resource, GONE) ?? retryMs)
  const least = [...changed, ...gone].reduce((one, other) => Math.min(one, other), maxMs)
  return hasFailed ? Math.max(least, retryMs) : least
}

function findLongest(waits: (number | undefined)[]): number | undefined {
  const known = waits.filter((wait) => wait !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

/** Lists the types of a full scan with their API versions. */
export async function listServedVersions({ types }: Discovery): Promise<Map<string, string>> {
  const { selected } = await selectTypes(types, { include: ['*'], exclude: [] })
  return new Map(selected.map((type) => [resourceName(type), formatServedVersion(type.version)]))
}

/** Types without a CRD have no watch events, so they are compared with each discovery. */
function noteServedVersions(
  pending: PendingChanges,
  { types, unavailable }: Discovery,
  offered: Map<string, string>,
): void {
  for (const [resource, version] of offered) {
    if (!pending.custom.has(resource)) pending.noteVersion(resource, version)
  }
  const names = new Set(types.map(resourceName))
  for (const [resource, version] of pending.done) {
    if (isCrdVersion(version) || names.has(resource) || isInUnavailableGroup(resource, unavailable))
      continue
    pending.noteGone(resource)
  }
}

async function scanChanged(
  deps: ProcessDeps,
  { source, state, pending, unread }: WatchContext,
  offered: Map<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const ready = [...pending.changed]
    .filter(([resource, version]) => offered.has(resource) && unread.isDue(resource, version))
    .slice(0, MAX_TYPES)
  if (ready.length === 0) return
  const createRequest = (include: string[]): ScanRequest =>
    ScanRequest.parse({ cluster: source.name, include, labels: { source: 'watcher' } })
  const include = ready.map(([resource]) => resource)
  const { plan, metadata, contentKeys } = await previewScan(deps, createRequest(include), signal)
  await applyMetadataUpdates(deps, source, metadata)
  const undescribable = new Set(selectResources(plan, ['undescribable']))
  // A stored or curated answer needs no model call, but only a scan writes its row.
  const changed = selectResources(plan, ['analyze', 'stored', 'curated'])
  if (changed.length > 0) {
    // A running scan may have read an older definition, so a join requires equal content keys.
    const joinKeys = Object.fromEntries(changed.map((name) => [name, contentKeys.get(name) ?? '']))
    const starter = { scanId: createScanId(), by: 'watcher', contentKeys: joinKeys }
    await startScan(deps, createRequest(changed), starter, signal)
  }
  for (const [resource, version] of ready) {
    if (undescribable.has(resource)) unread.note(resource, version)
  }
  const settled = new Map(ready.filter(([resource]) => !undescribable.has(resource)))
  if (settled.size > 0) await state.record(settled)
  for (const [resource, version] of settled) pending.settle(resource, version)
}

type PlanAction = ScanPlan['resources'][number]['action']

function selectResources(plan: ScanPlan, actions: PlanAction[]): string[] {
  return plan.resources.flatMap(({ resource, action }) =>
    actions.includes(action) ? [resource] : [],
  )
}

async function markRemovedTypesStale(
  deps: Pick<ProcessDeps, 'catalog' | 'log'>,
  { source, state, pending }: WatchContext,
  discovery: Discovery,
  signal: AbortSignal,
): Promise<void> {
  const { types } = discovery
  if (pending.gone.size === 0) return
  const names = new Set(types.map(resourceName))
  const missing = [...pending.gone].filter(
    (resource) => !names.has(resource) && !isInUnavailableGroup(resource, discovery.unavailable),
  )
  if (missing.length === 0) return
  const freshness = await deps.catalog.freshness(source.name)
  const marked = await markRemovedTypes(deps, { source, discovery, freshness }, signal)
  const { unavailable, ...details } = marked
  if (marked.needsForce)
    deps.log.warn(
      { cluster: source.name, ...details },
      'too many types are missing; none was marked as stale',
    )
  for (const why of marked.warnings)
    deps.log.warn({ cluster: source.name, why }, 'the removal of types could not be verified')
  const gone = missing.filter((resource) => !isInUnavailableGroup(resource, unavailable))
  await state.forget(gone)
  for (const resource of gone) pending.settleGone(resource)
  // The next full comparison finds them again if they are still missing.
  for (const resource of missing) pending.leaveGone(resource)
}
