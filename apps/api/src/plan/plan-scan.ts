import { collectFreshKeys } from '@capstan/catalog/collect-fresh-keys'
import type { RowFreshness } from '@capstan/catalog/catalog'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { buildCapabilityRow } from '@capstan/shared/inference/build-capability-row'
import { parseScanTime } from '@capstan/shared/scan-id'
import { batchPrice } from '@capstan/shared/prices/price'
import { findPrice } from '@capstan/shared/prices/price-table'
import { ensureJobs } from '@capstan/scan-store/queue/ensure-jobs'
import type { ApiDeps } from '../deps.ts'
import { markRemoved, type Marked } from '../removals/mark-removed-types.ts'
import { createFactsCheck } from './metadata-updates.ts'
import { countEntries } from '../scans/count-entries.ts'
import { findTypes } from '../clusters/find-types.ts'
import { inOrder } from '../scans/in-order.ts'
import { makePlan, type PlanParts } from './make-plan.ts'
import { openCluster } from '../clusters/open-cluster.ts'
import { updateFacts } from '../scans/update-facts.ts'

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
  | 'defaults'
  | 'log'
> & {
  /** Receives the number of types that a plan recorded from stored answers, for the metrics. */
  onStored?: ((count: number) => void) | undefined
}

/**
 * Plans one scan: discover, choose, describe, decide, write the plan in one step, give every type a job. Every
 * step may be repeated, so a planner that was killed is simply run again.
 */
export async function planScan(deps: PlanDeps, scanId: string, signal: AbortSignal): Promise<void> {
  const scan = await deps.journal.scan(scanId)
  if (!scan) return
  if (scan.status === 'discovering') await writePlan(deps, scan, signal)
  // Also after a plan that an earlier try wrote: it may have died before it added the jobs.
  await ensureJobs(deps, scanId)
}

async function writePlan(deps: PlanDeps, scan: Scan, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now()
  const source = openCluster(deps, scan.cluster)
  const found = await findTypes(source, scan, signal, sinceAskedMs(scan.id))
  const standings = await deps.catalog.freshness(source.name)
  const facts = createFactsCheck(standings)
  const parts = {
    source,
    known: deps.definitions.openCache(source.name),
    keep: deps.definitions.put,
    noteUnchanged: facts.note,
    ...storedAnswers(deps, scan),
  }
  const perCall = findPrice(scan.provider, scan.model, deps.defaults.prices)
  const price = scan.execution === 'batch' ? batchPrice(perCall) : perCall
  const rules = { ...scan, price, fresh: collectFreshKeys(withoutOwnRows(scan, standings)) }
  const plan = await makePlan(parts, found, rules, signal)
  await updateFacts(deps, source, facts)
  const gone = await markRemoved(deps, { source, standings, discovery: found.offered }, signal)
  const warnings = [...plan.warnings, ...gone.warnings, ...heldBack(gone)]
  const { unavailable } = gone
  const entries = inOrder(plan.entries, scan.order)
  const outcome = await deps.journal.plan(scan.id, { ...plan, entries, warnings, unavailable })
  const stored = countEntries(plan, 'stored')
  if (outcome === 'planned') deps.onStored?.(stored)
  deps.log.info(
    {
      scanId: scan.id,
      outcome,
      types: plan.entries.length,
      toAnalyze: countEntries(plan, 'analyze'),
      stored,
      durationMs: Math.round(performance.now() - startedAt),
    },
    'scan planned',
  )
}

/** How a plan finds and uses stored answers: by the rules of a worker. In mode `full` only the scan's own answers count. */
function storedAnswers(
  { results, catalog }: Pick<PlanDeps, 'results' | 'catalog'>,
  scan: Scan,
): Pick<PlanParts, 'findAnswers' | 'writeRows'> {
  const onlyOf = scan.mode === 'full' ? scan.id : undefined
  return {
    findAnswers: (contentKeys) => results.find(contentKeys, { onlyOf }),
    writeRows: (types) =>
      catalog.put(
        types.map(({ entry: { contentKey }, definition, result }) =>
          buildCapabilityRow(
            { scan, by: { provider: scan.provider, contentKey } },
            definition,
            result,
          ),
        ),
      ),
  }
}

/**
 * Leaves out the rows that an earlier attempt to plan this scan wrote before it was killed. Their types would look
 * unchanged, and the plan would differ from the one that was interrupted.
 */
function withoutOwnRows({ id }: Scan, standings: RowFreshness[]): RowFreshness[] {
  return standings.filter(({ asOf }) => asOf !== parseScanTime(id))
}

/** A scan that waited longer looks again. */
const MOST_AGE_MS = 30_000

/** An answer that was asked for after the scan was, as by the start itself, tells all that the asker may expect. */
function sinceAskedMs(scanId: string): number {
  // The time of an id has no fractions.
  return Math.min(Date.now() + 1 - Date.parse(parseScanTime(scanId)), MOST_AGE_MS)
}

/** A warning when so much has gone that nothing was marked. */
function heldBack({ needsForce, known }: Marked): string[] {
  if (!needsForce) return []
  return [
    `More than a fifth of the ${known} known types have gone from the cluster, so none was marked as stale. ` +
      '`capstan prune`, or GET /api/v1/capabilities/removed, shows them; with --delete --force, or DELETE there with force=true, they are deleted.',
  ]
}
