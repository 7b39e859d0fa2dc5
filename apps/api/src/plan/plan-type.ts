import type { DescribeResult } from '@capstan/cluster/cluster-source'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { computeDefinitionRef } from '@capstan/scan-store/definitions/compute-definition-ref'
import { ANSWER_TOKENS } from '@capstan/shared/inference/answer-tokens'
import { contentKey } from '@capstan/shared/inference/content-key'
import { estimateTokens } from '@capstan/shared/inference/estimate-tokens'
import { systemPrompt } from '@capstan/shared/inference/prompt'
import { computeCostUsd } from '@capstan/shared/prices/price'
import type { PlanEntry } from '@capstan/scan-store/journal/types'
import { scrub } from '@capstan/shared/text/scrub'
import type { ModelChoice } from '../providers/resolve-model.ts'

export interface PlanRules extends ModelChoice {
  mode: 'incremental' | 'full'
  /** Content keys of the fresh capabilities of the cluster, by resource. */
  fresh: Map<string, string>
}

/** Tokens of the delimiters and labels around the outline. */
const FRAME_TOKENS = 40
const PROMPT_TOKENS = estimateTokens(systemPrompt) + FRAME_TOKENS
const NO_DEFINITION = '0'.repeat(64)

/** Input tokens of the prompt for an outline. */
function countPromptTokens(outlineTokens: number): number {
  return PROMPT_TOKENS + outlineTokens
}

/**
 * Plans one type: analyze it, skip it as unchanged, or fail it because it has no definition. `curatedKey`: content key of
 * its curated answer, which replaces the key of the model.
 */
export function planType(
  described: DescribeResult,
  rules: PlanRules,
  curatedKey?: string,
): PlanEntry {
  if (described.outcome === 'undescribable') {
    return planUndescribable(described.type, described.reason)
  }
  const { type, definitionHash, outlineHash, outlineTokens, truncated } = described.definition
  const resource = resourceName(type)
  const inputTokens = countPromptTokens(outlineTokens)
  const { provider, model } = rules
  const key = curatedKey ?? contentKey({ outlineHash, provider, model })
  const unchanged = rules.mode === 'incremental' && rules.fresh.get(resource) === key
  return {
    resource,
    ...pickMetadata(type),
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

function planUndescribable(type: ResourceType, reason: string): PlanEntry {
  return {
    resource: resourceName(type),
    ...pickMetadata(type),
    definition: NO_DEFINITION,
    contentKey: NO_DEFINITION,
    estimatedTokens: 0,
    truncated: false,
    action: 'undescribable',
    problem: {
      reason: 'schema_unavailable',
      title: 'The cluster has no definition of this type',
      detail: scrub(reason),
      hint: 'Check the definition of the type, then scan it again.',
      retryable: false,
    },
  }
}

function pickMetadata({ kind, group, version, scope }: ResourceType) {
  return { kind, group, version, scope }
}
