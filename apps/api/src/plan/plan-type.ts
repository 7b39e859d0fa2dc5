import type { DescribeResult } from '@capstan/cluster/cluster-source'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { computeDefinitionRef } from '@capstan/scan-store/definitions/definition-ref'
import { ANSWER_TOKENS } from '@capstan/shared/inference/answer-tokens'
import { contentKey } from '@capstan/shared/inference/content-key'
import { estimateTokens } from '@capstan/shared/inference/estimate-tokens'
import { systemPrompt } from '@capstan/shared/inference/prompt'
import { computeCostUsd } from '@capstan/shared/prices/price'
import type { PlanEntry } from '@capstan/scan-store/journal/types'
import { scrub } from '@capstan/shared/text/scrub'
import type { ChosenModel } from '../scans/resolve-model.ts'

export interface Rules extends ChosenModel {
  mode: 'incremental' | 'full'
  /** Content key of every fresh capability of the cluster. */
  fresh: Map<string, string>
}

/** Fence and labels around the outline. */
const FRAME_TOKENS = 40
const PROMPT_TOKENS = estimateTokens(systemPrompt) + FRAME_TOKENS
const NO_DEFINITION = '0'.repeat(64)

/** Input tokens of the question about an outline. */
function questionTokens(outlineTokens: number): number {
  return PROMPT_TOKENS + outlineTokens
}

/** What happens to one type: asked about, skipped as unchanged, or failed because nothing is known of it. */
export function decide(described: DescribeResult, rules: Rules): PlanEntry {
  if (described.outcome === 'undescribable') {
    return undescribable(described.type, described.reason)
  }
  const { type, definitionHash, outlineHash, outlineTokens, truncated } = described.definition
  const resource = resourceName(type)
  const inputTokens = questionTokens(outlineTokens)
  const key = contentKey({ outlineHash, provider: rules.provider, model: rules.model })
  const unchanged = rules.mode === 'incremental' && rules.fresh.get(resource) === key
  return {
    resource,
    ...factsOf(type),
    definition: computeDefinitionRef(described.definition),
    definitionHash,
    contentKey: key,
    estimatedTokens: inputTokens + ANSWER_TOKENS,
    estimatedCostUsd: computeCostUsd(
      { inputTokens, cachedTokens: 0, outputTokens: ANSWER_TOKENS },
      rules.price,
    ),
    truncated,
    action: unchanged ? 'unchanged' : 'analyze',
  }
}

function undescribable(type: ResourceType, reason: string): PlanEntry {
  return {
    resource: resourceName(type),
    ...factsOf(type),
    definition: NO_DEFINITION,
    contentKey: NO_DEFINITION,
    estimatedTokens: 0,
    truncated: false,
    action: 'undescribable',
    problem: {
      reason: 'schema_unavailable',
      title: 'The cluster does not say what this type looks like',
      detail: scrub(reason),
      hint: 'Look at the definition of the type, then scan it again.',
      retryable: false,
    },
  }
}

function factsOf({ kind, group, version, scope }: ResourceType) {
  return { kind, group, version, scope }
}
