import type { z } from 'zod'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import type { AnswerSource } from '@capstan/shared/contract/answer-source'
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

type ActionArguments = [string, string, string, string]

/** The last four arguments of an entry; lua/plan.lua defines them for each action. */
function buildActionArguments(entry: PlanEntry): ActionArguments {
  switch (entry.action) {
    case 'stored': {
      // Without a known price the cost is null even for 0 tokens.
      const costUsd = typeof entry.estimatedCostUsd === 'number' ? 0 : null
      return buildAnsweredArguments(entry, { costUsd, cached: true, source: entry.source })
    }
    case 'curated':
      return buildAnsweredArguments(entry, { costUsd: 0, cached: false, source: 'curated' })
    case 'undescribable': {
      const why = truncateProblem(entry.problem ?? UNDESCRIBABLE)
      return [JSON.stringify(why), why.reason, '', '']
    }
    case 'analyze':
    case 'unchanged':
      return ['', '', '', '']
  }
}

interface AnswerOrigin {
  costUsd: number | null
  cached: boolean
  source: AnswerSource
}

/** Builds the same event as a worker that finds the answer. */
function buildAnsweredArguments(
  { resource, answer }: { resource: string; answer: AnswerSummary },
  { costUsd, cached, source }: AnswerOrigin,
): ActionArguments {
  const { confidence, capabilities, answerHash } = answer
  const event = {
    resource,
    durationMs: 0,
    usage: NO_USAGE,
    costUsd,
    cached,
    source,
    confidence,
    capabilities,
  }
  return [JSON.stringify(event), String(confidence), answerHash, source]
}
