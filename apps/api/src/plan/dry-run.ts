import { collectFreshKeys } from '@capstan/catalog/collect-fresh-keys'
import type { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { Plan, PlanEntry } from '@capstan/scan-store/journal/types'
import { batchPrice, computeCostUsd } from '@capstan/shared/prices/price'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import { ANSWER_TOKENS } from '@capstan/shared/inference/answer-tokens'
import type { ApiDeps } from '../deps.ts'
import { previewRemovals } from '../removals/preview-removals.ts'
import { unserved } from '../limits/unserved.ts'
import { checkConcurrency } from '../scans/check-concurrency.ts'
import { createFactsCheck, type FactsCheck } from './metadata-updates.ts'
import { countEntries } from '../scans/count-entries.ts'
import { findTypes } from '../clusters/find-types.ts'
import { inOrder } from '../scans/in-order.ts'
import { makePlan, type PlanParts } from './make-plan.ts'
import { openCluster } from '../clusters/open-cluster.ts'
import { resolveModel, type ChosenModel } from '../scans/resolve-model.ts'

type DryRunDeps = Pick<
  ApiDeps,
  'redis' | 'keys' | 'clusters' | 'defaults' | 'catalog' | 'definitions' | 'results'
>

/** A call takes 4 to 6 s with the models of today, none with rules. */
const SECONDS_PER_CALL = { anthropic: 5, openai: 5, demo: 0.05 }
const DEFAULT_CONCURRENCY = 10

/** What a scan would do and cost. Makes no model call and stores nothing. */
export async function dryRun(
  deps: DryRunDeps,
  request: ScanRequest,
  signal: AbortSignal,
): Promise<ScanPlan> {
  return (await previewScan(deps, request, signal)).plan
}

export interface ScanPreview {
  plan: ScanPlan
  /** Which facts its scan would correct in the catalog. */
  facts: FactsCheck
  /** By resource: the question that its scan would ask about each type. */
  contentKeys: ReadonlyMap<string, string>
}

/** A dry run, with what only this process needs. */
export async function previewScan(
  deps: DryRunDeps,
  request: ScanRequest,
  signal: AbortSignal,
): Promise<ScanPreview> {
  checkConcurrency(request)
  const { price: perCall, ...chosen } = await resolveModel(deps, request)
  const price = request.execution === 'batch' ? batchPrice(perCall) : perCall
  const source = openCluster(deps, request.cluster)
  const found = await findTypes(source, request, signal)
  const standings = await deps.catalog.freshness(source.name)
  const { lookup } = deps.definitions.openCache(source.name)
  const facts = createFactsCheck(standings)
  const parts = {
    source,
    known: { lookup, remember: async () => {} },
    findAnswers: answersFor(deps, request),
    writeRows: async () => {},
    keep: async () => {},
    noteUnchanged: facts.note,
  }
  const rules = { ...chosen, price, mode: request.mode, fresh: collectFreshKeys(standings) }
  const plan = await makePlan(parts, found, rules, signal)
  const asked = plan.entries.filter(({ action }) => action === 'analyze')
  const workers = await listWorkers(deps.redis, deps.keys)
  const slots = workers.reduce((sum, worker) => sum + worker.concurrency, 0)
  const lanes = Math.min(slots || DEFAULT_CONCURRENCY, request.concurrency ?? Infinity)
  const scanPlan: ScanPlan = {
    cluster: source.name,
    ...chosen,
    total: plan.entries.length,
    toAnalyze: asked.length,
    stored: countEntries(plan, 'stored'),
    skippedUnchanged: countEntries(plan, 'unchanged'),
    excluded: plan.excluded.length,
    unavailable: plan.unavailable,
    warnings: [...plan.warnings, ...(asked.length > 0 ? unserved(workers, chosen.provider) : [])],
    estimate: estimate(asked, { ...chosen, price }, lanes),
    resources: resourcesOf({ ...plan, entries: inOrder(plan.entries, request.order) }),
    removals: await previewRemovals({ source, standings, discovery: found.offered }, signal),
  }
  const contentKeys = new Map(plan.entries.map((entry) => [entry.resource, entry.contentKey]))
  return { plan: scanPlan, facts, contentKeys }
}

/** In mode `full` a scan uses only the answers that it stored itself, and this one has not begun. */
function answersFor({ results }: DryRunDeps, { mode }: ScanRequest): PlanParts['findAnswers'] {
  return mode === 'full' ? async () => [] : (contentKeys) => results.find(contentKeys)
}

function resourcesOf({ entries, excluded }: Plan): ScanPlan['resources'] {
  const chosen = entries.map((entry) => ({
    resource: entry.resource,
    action: entry.action,
    reason: reasonOf(entry),
    estTokens: entry.action === 'analyze' ? entry.estimatedTokens : 0,
  }))
  const leftOut = excluded.map(({ resource, reason }) => ({
    resource,
    action: 'exclude' as const,
    reason,
    estTokens: 0,
  }))
  return [...chosen, ...leftOut]
}

function reasonOf(entry: PlanEntry): string {
  const own = entry.action === 'undescribable' ? entry.problem?.title : undefined
  return own ?? REASONS[entry.action]
}

const REASONS: Record<PlanEntry['action'], string> = {
  analyze: 'new, changed, or asked for in full',
  stored: 'the answer is already stored',
  unchanged: 'the same question has been answered',
  undescribable: 'the cluster does not say what it looks like',
}

/** How far off an estimate is, as a factor: input by the token count of real schemas, output by real answers. */
const RANGE = { low: { input: 0.87, output: 0.6 }, high: { input: 1.14, output: 1.7 } }

function estimate(
  asked: PlanEntry[],
  { provider, price }: ChosenModel,
  lanes: number,
): ScanPlan['estimate'] {
  const outputTokens = asked.length * ANSWER_TOKENS
  const inputTokens = asked.reduce((sum, entry) => sum + entry.estimatedTokens, 0) - outputTokens
  const cost = (factor: { input: number; output: number }): number =>
    computeCostUsd(
      {
        inputTokens: inputTokens * factor.input,
        cachedTokens: 0,
        outputTokens: outputTokens * factor.output,
      },
      price,
    ) ?? 0
  return {
    inputTokens,
    outputTokens,
    // An unknown price is never shown as nothing.
    costUsd:
      price === null
        ? null
        : { low: cost(RANGE.low), expected: cost({ input: 1, output: 1 }), high: cost(RANGE.high) },
    pricing: price === null ? 'unknown' : 'known',
    durationSeconds: Math.ceil(asked.length / lanes) * SECONDS_PER_CALL[provider],
  }
}
