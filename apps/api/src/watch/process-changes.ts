import type { ClusterSource, Discovery } from '@capstan/cluster/cluster-source'
import { selectTypes } from '@capstan/cluster/select-types'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { createScanId } from '@capstan/shared/scan-id'
import { isOfSilentGroup } from '../removals/compare-with-discovery.ts'
import { markRemoved } from '../removals/mark-removed-types.ts'
import { previewScan } from '../plan/dry-run.ts'
import { discover } from '../clusters/find-types.ts'
import { startScan, type StartDeps } from '../scans/start-scan.ts'
import { updateFacts } from '../scans/update-facts.ts'
import type { ApiDeps } from '../deps.ts'
import { isOfCrd, servedVersion, type PendingChanges } from './pending-changes.ts'
import type { PutOff } from './retry-backoff.ts'
import type { WatchState } from './watch-state.ts'

export type ActDeps = StartDeps & Pick<ApiDeps, 'catalog' | 'definitions' | 'results'>

export interface Watching {
  source: ClusterSource
  state: WatchState
  pending: PendingChanges
  /** Types that nothing could be read of. */
  unread: PutOff
  /** Types that discovery does not show yet, or whose end it does not confirm. */
  unseen: PutOff
}

/** What a start may include. */
const MOST_TYPES = 500

/**
 * Deals with what is pending, as far as discovery shows it already: scans what a scan would ask about, marks what has
 * gone. What is dealt with is noted after it was, so a process that dies in between does it again.
 */
export async function actOnChanges(
  deps: ActDeps,
  watching: Watching,
  signal: AbortSignal,
): Promise<void> {
  const { source, pending } = watching
  const discovery = await discover(source, signal)
  const offered = await offeredVersions(discovery)
  noteServed(pending, discovery, offered)
  await scanChanged(deps, watching, offered, signal)
  await markGone(deps, watching, discovery, signal)
  putOffUnseen(watching, offered)
}

function putOffUnseen(
  { pending, unread, unseen }: Watching,
  offered: ReadonlyMap<string, string>,
): void {
  for (const [resource, version] of pending.changed) {
    if (!offered.has(resource)) unseen.note(resource, version)
  }
  for (const resource of pending.gone) unseen.note(resource, GONE)
  unseen.keep((one) => pending.gone.has(one) || (pending.changed.has(one) && !offered.has(one)))
  unread.keep((one) => pending.changed.has(one))
}

/** In the place of the version of a type that seems to have gone. */
const GONE = 'gone'

/**
 * How long what is pending may wait, at most `mostMs`; `retryMs` for what was not put off, and for everything when the
 * last try failed: a wait that is over would else be over again at once, as long as the cluster is away.
 */
export function patienceMs(
  { pending, unread, unseen }: Pick<Watching, 'pending' | 'unread' | 'unseen'>,
  { retryMs, mostMs, hasFailed }: { retryMs: number; mostMs: number; hasFailed: boolean },
): number {
  const changed = [...pending.changed].map(([resource, version]) => {
    const waits = [unread.dueInMs(resource, version), unseen.dueInMs(resource, version)]
    // What cannot be read waits for discovery as well, when that does not show it any more.
    return longest(waits) ?? retryMs
  })
  const gone = [...pending.gone].map((resource) => unseen.dueInMs(resource, GONE) ?? retryMs)
  const least = [...changed, ...gone].reduce((one, other) => Math.min(one, other), mostMs)
  return hasFailed ? Math.max(least, retryMs) : least
}

function longest(waits: (number | undefined)[]): number | undefined {
  const known = waits.filter((wait) => wait !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

/** Types that a scan of everything would look at, by their API versions. */
export async function offeredVersions({ types }: Discovery): Promise<Map<string, string>> {
  const { selected } = await selectTypes(types, { include: ['*'], exclude: [] })
  return new Map(selected.map((type) => [resourceName(type), servedVersion(type.version)]))
}

/** No event tells of types that no CRD defines: they are compared with each discovery. */
function noteServed(
  pending: PendingChanges,
  { types, unavailable }: Discovery,
  offered: Map<string, string>,
): void {
  for (const [resource, version] of offered) {
    if (!pending.custom.has(resource)) pending.noteVersion(resource, version)
  }
  const names = new Set(types.map(resourceName))
  for (const [resource, version] of pending.done) {
    if (isOfCrd(version) || names.has(resource) || isOfSilentGroup(resource, unavailable)) continue
    pending.noteGone(resource)
  }
}

async function scanChanged(
  deps: ActDeps,
  { source, state, pending, unread }: Watching,
  offered: Map<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const ready = [...pending.changed]
    .filter(([resource, version]) => offered.has(resource) && unread.isDue(resource, version))
    .slice(0, MOST_TYPES)
  if (ready.length === 0) return
  const ask = (include: string[]): ScanRequest =>
    ScanRequest.parse({ cluster: source.name, include, labels: { source: 'watcher' } })
  const include = ready.map(([resource]) => resource)
  const { plan, facts, contentKeys } = await previewScan(deps, ask(include), signal)
  await updateFacts(deps, source, facts)
  const undescribable = new Set(named(plan, ['undescribable']))
  // A stored answer costs no call, but only a scan writes its row.
  const changed = named(plan, ['analyze', 'stored'])
  if (changed.length > 0) {
    // A running scan may have read an older definition, so it has to ask the same question about each of them.
    const wanted = Object.fromEntries(changed.map((name) => [name, contentKeys.get(name) ?? '']))
    const starter = { scanId: createScanId(), by: 'watcher', contentKeys: wanted }
    await startScan(deps, ask(changed), starter, signal)
  }
  for (const [resource, version] of ready) {
    if (undescribable.has(resource)) unread.note(resource, version)
  }
  const settled = new Map(ready.filter(([resource]) => !undescribable.has(resource)))
  if (settled.size > 0) await state.note(settled)
  for (const [resource, version] of settled) pending.settle(resource, version)
}

type PlanAction = ScanPlan['resources'][number]['action']

function named(plan: ScanPlan, wanted: PlanAction[]): string[] {
  return plan.resources.flatMap(({ resource, action }) =>
    wanted.includes(action) ? [resource] : [],
  )
}

async function markGone(
  deps: Pick<ActDeps, 'catalog' | 'log'>,
  { source, state, pending }: Watching,
  discovery: Discovery,
  signal: AbortSignal,
): Promise<void> {
  const { types } = discovery
  if (pending.gone.size === 0) return
  const names = new Set(types.map(resourceName))
  const missing = [...pending.gone].filter(
    (resource) => !names.has(resource) && !isOfSilentGroup(resource, discovery.unavailable),
  )
  if (missing.length === 0) return
  const standings = await deps.catalog.freshness(source.name)
  const marked = await markRemoved(deps, { source, discovery, standings }, signal)
  const { unavailable, ...toTell } = marked
  if (marked.needsForce) deps.log.warn({ cluster: source.name, ...toTell }, 'too much has gone')
  for (const why of marked.warnings) deps.log.warn({ cluster: source.name, why }, 'a doubtful end')
  const gone = missing.filter((resource) => !isOfSilentGroup(resource, unavailable))
  await state.forget(gone)
  for (const resource of gone) pending.settleGone(resource)
  // The next look at all types finds them again, if they still are missing then.
  for (const resource of missing) pending.leaveGone(resource)
}
