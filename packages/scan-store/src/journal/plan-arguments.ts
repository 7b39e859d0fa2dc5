import type { z } from 'zod'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import type { ItemProblem } from '@capstan/shared/contract/problem'
import type { AnswerSummary } from '@capstan/shared/inference/summarize-answer'
import { truncateProblem } from './fit-problem.ts'
import type { StoredPlanEntry } from './plan-facts.ts'
import type { Plan, PlanEntry } from './types.ts'

const UNDESCRIBABLE: ItemProblem = {
  reason: 'schema_unavailable',
  title: 'The cluster gives no definition of this type',
  retryable: false,
}

/** The arguments of lua/plan.lua. */
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
    ...plan.entries.flatMap(entryArguments),
  ]
}

function entryArguments(entry: PlanEntry): string[] {
  const { resource, action, estimatedTokens } = entry
  const facts = JSON.stringify(pickFacts(entry))
  return [resource, facts, action, String(estimatedTokens), ...actionArguments(entry)]
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

/** What the script needs beyond the facts: three arguments, empty where the action has no use for them. */
function actionArguments(entry: PlanEntry): [string, string, string] {
  switch (entry.action) {
    case 'stored':
      return storedArguments(entry, entry.answer)
    case 'undescribable': {
      const why = truncateProblem(entry.problem ?? UNDESCRIBABLE)
      return [JSON.stringify(why), why.reason, '']
    }
    case 'analyze':
    case 'unchanged':
      return ['', '', '']
  }
}

/** The same event as a worker's that finds the answer: without a known price not even the cost of no tokens is known. */
function storedArguments(
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
