import type { z } from 'zod'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import type { ItemProblem } from '@capstan/shared/contract/problem'
import type { AnswerSummary } from '@capstan/shared/inference/summarize-answer'
import { truncateProblem } from '../truncate-problem.ts'
import type { StoredPlanEntry } from '../stored-plan-entry.ts'
import type { Plan, PlanEntry } from '../types.ts'

const UNDESCRIBABLE: ItemProblem = {
  reason: 'schema_unavailable',
  title: 'The cluster has no definition of this type',
  retryable: false,
}

/** Builds ARGV of lua/plan.lua. */
export function buildPlanArguments(plan: Plan): string[] {
  const byReason: Record<string, number> = {}
  for (const { reason } of plan.excluded) byReason[reason] = (byReason[reason] ?? 0) + 1
  return [
    JSON.stringify(plan.excluded),
    String(plan.excluded.length),
    JSON.stringify(byReason),
    JSON.stringify(plan.unavailable),
    JSON.stringify(plan.warnings),
    String(plan.entries.filter(({ action }) => action === 'unchanged').length),
    ...plan.entries.flatMap(buildEntryArguments),
  ]
}

function buildEntryArguments(entry: PlanEntry): string[] {
  const { resource, action, estimatedTokens } = entry
  const facts = JSON.stringify(pickFacts(entry))
  return [resource, facts, action, String(estimatedTokens), ...buildActionArguments(entry)]
}

function pickFacts(entry: PlanEntry): z.input<typeof StoredPlanEntry> {
  const { kind, group, version, scope, definition, definitionHash, contentKey } = entry
  const { estimatedTokens, estimatedCostUsd, truncated } = entry
  return {
    kind,
    group,
    version,
    scope,
    definition,
    definitionHash,
    contentKey,
    estimatedTokens,
    estimatedCostUsd,
    truncated,
  }
}

/** The last three arguments of an entry; lua/plan.lua defines them for each action. */
function buildActionArguments(entry: PlanEntry): [string, string, string] {
  switch (entry.action) {
    case 'stored':
      return buildStoredArguments(entry, entry.answer)
    case 'undescribable': {
      const why = truncateProblem(entry.problem ?? UNDESCRIBABLE)
      return [JSON.stringify(why), why.reason, '']
    }
    case 'analyze':
    case 'unchanged':
      return ['', '', '']
  }
}

/** Builds the same event as a worker that finds the stored answer. Without a known price the cost is null even for 0 tokens. */
function buildStoredArguments(
  { resource, estimatedCostUsd = null }: PlanEntry,
  { confidence, capabilities, answerHash }: AnswerSummary,
): [string, string, string] {
  const event = {
    resource,
    durationMs: 0,
    usage: NO_USAGE,
    costUsd: estimatedCostUsd === null ? null : 0,
    cached: true,
    confidence,
    capabilities,
  }
  return [JSON.stringify(event), String(confidence), answerHash]
}
