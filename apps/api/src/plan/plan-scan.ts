import { collectFreshKeys } from '@capstan/catalog/collect-fresh-keys'
import type { RowFreshness } from '@capstan/catalog/catalog'
import { CURATED_PROVIDER } from '@capstan/shared/contract/answer-source'
import type { Capability } from '@capstan/shared/contract/capability'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { buildCapabilityRow } from '@capstan/shared/inference/build-capability-row'
import { findCuratedResult } from '@capstan/shared/inference/find-curated-result'
import { parseScanTime } from '@capstan/shared/scan-id'
import { batchPrice } from '@capstan/shared/prices/price'
import { findPrice } from '@capstan/shared/prices/price-table'
import type { Plan } from '@capstan/scan-store/journal/types'
import { ensureJobs } from '@capstan/scan-store/queue/ensure-jobs'
import type { ApiDeps } from '../deps.ts'
import { markRemovedTypes, type MarkResult } from '../removals/mark-removed-types.ts'
import { collectMetadataUpdates, applyMetadataUpdates } from './metadata-updates.ts'
import { countEntries, sortEntries } from './plan-entries.ts'
import { selectClusterTypes } from '../clusters/find-types.ts'
import { makePlan, type AnsweredType, type PlanParts } from './make-plan.ts'
import { openCluster } from '../clusters/open-cluster.ts'

export type PlanDeps = Pick<
  ApiDeps,
  | 'redis'
  | 'keys'
  | 'journal'
  | 'queues'
  | 'catalog'
  | 'definitions'
  | 'results'
  | 'clusters'
  | 'curatedAnswers'
  | 'defaults'
  | 'log'
> & {
  /** Receives each new plan. Used by metrics. */
  onPlanned?: ((plan: Pick<Plan, 'entries'>) => void) | undefined
}

/**
 * Plans one scan: discover, select, describe, plan each type, write the plan in one step, add a job for every type.
 * Every step is repeatable, so a killed planner is run again.
 */
export async function planScan(deps: PlanDeps, scanId: string, signal: AbortSignal): Promise<void> {
  const scan = await deps.journal.scan(scanId)
  if (!scan) return
  if (scan.status === 'discovering') await writePlan(deps, scan, signal)
  // Also runs for a plan of an earlier attempt, which may have died before it added the jobs.
  await ensureJobs(deps, scanId)
}

async function writePlan(deps: PlanDeps, scan: Scan, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now()
  const source = openCluster(deps, scan.cluster)
  const found = await selectClusterTypes(source, scan, signal, computeMsSinceRequest(scan.id))
  const freshness = await deps.catalog.freshness(source.name)
  const metadata = collectMetadataUpdates(freshness)
  const parts = {
    source,
    definitionCache: deps.definitions.openCache(source.name),
    storeDefinitions: deps.definitions.put,
    noteUnchanged: metadata.note,
    ...createKnownAnswers(deps, scan),
  }
  const perCall = findPrice(scan.provider, scan.model, deps.defaults.prices)
  const price = scan.execution === 'batch' ? batchPrice(perCall) : perCall
  const rules = { ...scan, price, fresh: collectFreshKeys(omitOwnRows(scan, freshness)) }
  const plan = await makePlan(parts, found, rules, signal)
  await applyMetadataUpdates(deps, source, metadata)
  const removals = await markRemovedTypes(
    deps,
    { source, freshness, discovery: found.discovery },
    signal,
  )
  const warnings = [...plan.warnings, ...removals.warnings, ...describeRemovalThreshold(removals)]
  const { unavailable } = removals
  const entries = sortEntries(plan.entries, scan.order)
  const outcome = await deps.journal.plan(scan.id, { ...plan, entries, warnings, unavailable })
  if (outcome === 'planned') deps.onPlanned?.(plan)
  deps.log.info(
    {
      scanId: scan.id,
      outcome,
      types: plan.entries.length,
      toAnalyze: countEntries(plan, 'analyze'),
      stored: countEntries(plan, 'stored'),
      curated: countEntries(plan, 'curated'),
      durationMs: Math.round(performance.now() - startedAt),
    },
    'scan planned',
  )
}

/**
 * Returns how a plan finds and uses stored and curated answers. In mode `full` only the scan's own stored answers count.
 * A repeated plan writes equal rows.
 */
function createKnownAnswers(
  { results, catalog, curatedAnswers }: Pick<PlanDeps, 'results' | 'catalog' | 'curatedAnswers'>,
  scan: Scan,
): Pick<PlanParts, 'findAnswers' | 'findCurated' | 'writeRows'> {
  const onlyOf = scan.mode === 'full' ? scan.id : undefined
  const origin = { scanId: scan.id, inferredAt: parseScanTime(scan.id) }
  return {
    findAnswers: (contentKeys) => results.find(contentKeys, { onlyOf }),
    findCurated: scan.curated
      ? (definition) => findCuratedResult(curatedAnswers, definition, origin)
      : undefined,
    writeRows: (types) => catalog.put(types.map((type) => buildRow(scan, type))),
  }
}

function buildRow(scan: Scan, { entry, definition, source, result }: AnsweredType): Capability {
  const provider = source === 'curated' ? CURATED_PROVIDER : scan.provider
  const by = { provider, contentKey: entry.contentKey }
  return buildCapabilityRow({ scan, by }, definition, result)
}

/**
 * Omits rows that an earlier, killed attempt to plan this scan wrote. Otherwise their types would count as unchanged,
 * and the plan would differ from the interrupted one.
 */
function omitOwnRows({ id }: Scan, freshness: RowFreshness[]): RowFreshness[] {
  return freshness.filter(({ asOf }) => asOf !== parseScanTime(id))
}

/** A scan that waited longer discovers the cluster again. */
const MAX_DISCOVERY_AGE_MS = 30_000

/** Age of the scan in ms, at most 30 s. A discovery that began after the scan was requested is recent enough. */
function computeMsSinceRequest(scanId: string): number {
  // The time in a scan id has millisecond precision.
  return Math.min(Date.now() + 1 - Date.parse(parseScanTime(scanId)), MAX_DISCOVERY_AGE_MS)
}

/** Returns a warning when too many types are missing at once, so that none was marked as stale. */
function describeRemovalThreshold({ needsForce, known }: MarkResult): string[] {
  if (!needsForce) return []
  return [
    `More than a fifth of the ${known} known types are missing from the cluster, so none was marked as stale. ` +
      '`capstan prune`, or GET /api/v1/capabilities/removed, lists them. `capstan prune --delete --force`, or DELETE with force=true, deletes them.',
  ]
}
