import type { ScanPlan, StartScan } from '@capstan/shared/contract/scan'
import type { PlanEntry } from '@capstan/shared/journal/types'
import { listWorkers } from '@capstan/shared/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'
import { ANSWER_TOKENS } from './decide.ts'
import { findTypes } from './find-types.ts'
import { makePlan } from './make-plan.ts'
import { openCluster } from './open-cluster.ts'
import { resolveModel } from './resolve-model.ts'

type DryRunDeps = Pick<
  ApiDeps,
  'redis' | 'keys' | 'clusters' | 'defaults' | 'catalog' | 'definitions'
>

/** A call takes 4 to 6 s with the models of today, none with rules. */
const SECONDS_PER_CALL = { anthropic: 5, openai: 5, demo: 0.05 }
const DEFAULT_CONCURRENCY = 10

/** What a scan would do and cost. Makes no model call and stores nothing. */
export async function dryRun(
  deps: DryRunDeps,
  request: StartScan,
  signal: AbortSignal,
): Promise<ScanPlan> {
  const chosen = await resolveModel(deps, request)
  const source = openCluster(deps, request.cluster)
  const found = await findTypes(source, request, signal)
  const fresh = await deps.catalog.contentKeys(source.name)
  const { lookup } = deps.definitions.knownDefinitions(source.name)
  const parts = { source, known: { lookup, remember: async () => {} }, keep: async () => {} }
  const rules = { ...chosen, mode: request.mode, fresh }
  const plan = await makePlan(parts, found, rules, signal)
  const asked = plan.entries.filter(({ action }) => action === 'analyze')
  const workers = await listWorkers(deps.redis, deps.keys)
  const concurrency = workers.reduce((sum, worker) => sum + worker.concurrency, 0)
  return {
    cluster: source.name,
    ...chosen,
    total: plan.entries.length,
    toAnalyze: asked.length,
    skippedUnchanged: plan.entries.filter(({ action }) => action === 'unchanged').length,
    excluded: plan.excluded.length,
    unavailable: plan.unavailable,
    warnings: plan.warnings,
    estimate: estimate(asked, chosen.provider, concurrency || DEFAULT_CONCURRENCY),
    resources: [
      ...plan.entries.map(({ resource, action, problem, estimatedTokens }) => ({
        resource,
        action,
        reason: problem?.title ?? REASONS[action],
        estTokens: action === 'analyze' ? estimatedTokens : 0,
      })),
      ...plan.excluded.map(({ resource, reason }) => ({
        resource,
        action: 'exclude' as const,
        reason,
        estTokens: 0,
      })),
    ],
  }
}

const REASONS: Record<PlanEntry['action'], string> = {
  analyze: 'new, changed, or asked for in full',
  unchanged: 'the same question has been answered',
  undescribable: 'the cluster does not say what it looks like',
}

function estimate(
  asked: PlanEntry[],
  provider: ScanPlan['provider'],
  concurrency: number,
): ScanPlan['estimate'] {
  const outputTokens = asked.length * ANSWER_TOKENS
  const inputTokens = asked.reduce((sum, entry) => sum + entry.estimatedTokens, 0) - outputTokens
  const free = provider === 'demo'
  return {
    inputTokens,
    outputTokens,
    // Prices of providers change and are not known here; an unknown price is never shown as nothing.
    costUsd: free ? { low: 0, expected: 0, high: 0 } : null,
    pricing: free ? 'known' : 'unknown',
    durationSeconds: Math.ceil(asked.length / concurrency) * SECONDS_PER_CALL[provider],
  }
}
