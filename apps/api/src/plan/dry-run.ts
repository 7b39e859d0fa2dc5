import { collectFreshKeys } from '@capstan/catalog/collect-fresh-keys'
import type { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { Plan, PlanEntry } from '@capstan/scan-store/journal/types'
import { batchPrice, computeCostUsd } from '@capstan/shared/prices/price'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import { findCuratedResult } from '@capstan/shared/inference/find-curated-result'
import { ANSWER_TOKENS } from '@capstan/shared/inference/answer-tokens'
import type { ApiDeps } from '../deps.ts'
import { previewRemovals } from '../removals/preview-removals.ts'
import { describeMissingWorkers } from '../providers/serving-workers.ts'
import { checkConcurrency } from '../scans/check-concurrency.ts'
import { usesCuratedAnswers } from '../scans/uses-curated-answers.ts'
import { collectMetadataUpdates, type MetadataUpdates } from './metadata-updates.ts'
import { countEntries, sortEntries } from './plan-entries.ts'
import { selectClusterTypes } from '../clusters/find-types.ts'
import { makePlan, type PlanParts } from './make-plan.ts'
import { openCluster } from '../clusters/open-cluster.ts'
import { resolveModel, type ModelChoice } from '../providers/resolve-model.ts'

type DryRunDeps = Pick<
  ApiDeps,
  | 'redis'
  | 'keys'
  | 'clusters'
  | 'defaults'
  | 'catalog'
  | 'definitions'
  | 'results'
  | 'curatedAnswers'
>

/** Current models take 4 to 6 s for a call; rules take none. */
const SECONDS_PER_CALL = { anthropic: 5, openai: 5, demo: 0.05 }
const DEFAULT_CONCURRENCY = 10

/** Previews actions, cost and duration of a scan. Makes no model call and stores nothing. */
export async function dryRun(
  deps: DryRunDeps,
  request: ScanRequest,
  signal: AbortSignal,
): Promise<ScanPlan> {
  return (await previewScan(deps, request, signal)).plan
}

export interface ScanPreview {
  plan: ScanPlan
  /** Metadata of types, such as verbs and short names, that the scan would update in the catalog. */
  metadata: MetadataUpdates
  /** Keys of the answers (hash of outline, model and prompt) of the planned types, by resource. */
  contentKeys: ReadonlyMap<string, string>
}

/** A dry run with data that only callers in this process need. */
export async function previewScan(
  deps: DryRunDeps,
  request: ScanRequest,
  signal: AbortSignal,
): Promise<ScanPreview> {
  checkConcurrency(request)
  const { price: perCall, ...chosen } = await resolveModel(deps, request)
  const price = request.execution === 'batch' ? batchPrice(perCall) : perCall
  const source = openCluster(deps, request.cluster)
  const found = await selectClusterTypes(source, request, signal)
  const freshness = await deps.catalog.freshness(source.name)
  const { lookup } = deps.definitions.openCache(source.name)
  const metadata = collectMetadataUpdates(freshness)
  const parts = {
    source,
    definitionCache: { lookup, remember: async () => {} },
    findAnswers: createAnswerLookup(deps, request),
    findCurated: createCuratedLookup(deps, request, chosen.provider),
    writeRows: async () => {},
    storeDefinitions: async () => {},
    noteUnchanged: metadata.note,
  }
  const rules = { ...chosen, price, mode: request.mode, fresh: collectFreshKeys(freshness) }
  const plan = await makePlan(parts, found, rules, signal)
  const toAnalyze = plan.entries.filter(({ action }) => action === 'analyze')
  const workers = await listWorkers(deps.redis, deps.keys)
  const slots = workers.reduce((sum, worker) => sum + worker.concurrency, 0)
  const concurrency = Math.min(slots || DEFAULT_CONCURRENCY, request.concurrency ?? Infinity)
  const scanPlan: ScanPlan = {
    cluster: source.name,
    ...chosen,
    total: plan.entries.length,
    toAnalyze: toAnalyze.length,
    stored: countEntries(plan, 'stored'),
    curated: countEntries(plan, 'curated'),
    skippedUnchanged: countEntries(plan, 'unchanged'),
    excluded: plan.excluded.length,
    unavailable: plan.unavailable,
    warnings: [
      ...plan.warnings,
      ...(toAnalyze.length > 0 ? describeMissingWorkers(workers, chosen.provider) : []),
    ],
    estimate: estimateCost(toAnalyze, { ...chosen, price }, concurrency),
    resources: listResources({ ...plan, entries: sortEntries(plan.entries, request.order) }),
    removals: await previewRemovals({ source, freshness, discovery: found.discovery }, signal),
  }
  const contentKeys = new Map(plan.entries.map((entry) => [entry.resource, entry.contentKey]))
  return { plan: scanPlan, metadata, contentKeys }
}

/** A scan in mode `full` uses only its own stored answers, and a dry run has none. */
function createAnswerLookup(
  { results }: DryRunDeps,
  { mode }: ScanRequest,
): PlanParts['findAnswers'] {
  return mode === 'full' ? async () => [] : (contentKeys) => results.find(contentKeys)
}

/** The answers belong to no scan, because a dry run writes no row. */
function createCuratedLookup(
  deps: DryRunDeps,
  request: ScanRequest,
  provider: ModelChoice['provider'],
): PlanParts['findCurated'] {
  if (!usesCuratedAnswers(deps, request, provider)) return undefined
  const origin = { scanId: '', inferredAt: new Date().toISOString() }
  return (definition) => findCuratedResult(deps.curatedAnswers, definition, origin)
}

function listResources({ entries, excluded }: Plan): ScanPlan['resources'] {
  const chosen = entries.map((entry) => ({
    resource: entry.resource,
    action: entry.action,
    reason: describeAction(entry),
    estTokens: entry.action === 'analyze' ? entry.estimatedTokens : 0,
  }))
  const excludedTypes = excluded.map(({ resource, reason }) => ({
    resource,
    action: 'exclude' as const,
    reason,
    estTokens: 0,
  }))
  return [...chosen, ...excludedTypes]
}

function describeAction(entry: PlanEntry): string {
  const problem = entry.action === 'undescribable' ? entry.problem?.title : undefined
  return problem ?? REASONS[entry.action]
}

const REASONS: Record<PlanEntry['action'], string> = {
  analyze: 'new, changed, or requested by mode full',
  stored: 'the answer is already stored',
  curated: 'a curated answer, without a model call',
  unchanged: 'unchanged since the last answer',
  undescribable: 'the cluster has no definition of it',
}

/** Error range of an estimate as a factor: input by token counts of real schemas, output by real answers. */
const RANGE = { low: { input: 0.87, output: 0.6 }, high: { input: 1.14, output: 1.7 } }

function estimateCost(
  toAnalyze: PlanEntry[],
  { provider, price }: ModelChoice,
  concurrency: number,
): ScanPlan['estimate'] {
  const outputTokens = toAnalyze.length * ANSWER_TOKENS
  // The estimate of an entry includes its output tokens.
  const inputTokens =
    toAnalyze.reduce((sum, entry) => sum + entry.estimatedTokens, 0) - outputTokens
  const computeCost = (factor: { input: number; output: number }): number =>
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
    // An unknown price is null, never 0.
    costUsd:
      price === null
        ? null
        : {
            low: computeCost(RANGE.low),
            expected: computeCost({ input: 1, output: 1 }),
            high: computeCost(RANGE.high),
          },
    pricing: price === null ? 'unknown' : 'known',
    durationSeconds: Math.ceil(toAnalyze.length / concurrency) * SECONDS_PER_CALL[provider],
  }
}
