import type { Usage } from '../contract/usage.ts'
import { estimateTokens } from './estimate-tokens.ts'
import type { ReportedUsage } from './reported-usage.ts'
import type { ModelAnswer, Question } from './types.ts'

/** Estimated usage of a call. */
export type UsageEstimate = Pick<Usage, 'inputTokens' | 'outputTokens'>

/**
 * Completes the reported usage with estimates. Tokens without a report count as `estimatedTokens`, at least one per missing
 * part, so that unknown usage never looks like no usage.
 */
export function completeUsage(reported: ReportedUsage, estimate: UsageEstimate): Usage {
  const { inputTokens, cachedTokens, totalTokens, unexplainedTokens } = reported
  // An answer has at least one output token, so a reported 0 is wrong.
  const outputTokens =
    reported.outputTokens === 0 && estimate.outputTokens > 0 ? null : reported.outputTokens
  if (totalTokens !== null) return splitTotal(totalTokens, cachedTokens, estimate)
  const input = inputTokens ?? roundToAtLeastOne(estimate.inputTokens)
  const output = (outputTokens ?? roundToAtLeastOne(estimate.outputTokens)) + unexplainedTokens
  const estimatedTokens =
    (inputTokens === null ? input : 0) + (outputTokens === null ? output : unexplainedTokens)
  return markEstimated({ inputTokens: input, cachedTokens, outputTokens: output }, estimatedTokens)
}

/** The total is exact; its split into parts is an estimate. */
function splitTotal(
  totalTokens: number,
  cachedTokens: number,
  { outputTokens }: UsageEstimate,
): Usage {
  const output = Math.min(outputTokens, totalTokens)
  const cached = Math.min(cachedTokens, totalTokens - output)
  const usage = {
    inputTokens: totalTokens - output - cached,
    cachedTokens: cached,
    outputTokens: output,
  }
  return markEstimated(usage, totalTokens)
}

function markEstimated(usage: Usage, estimatedTokens: number): Usage {
  return estimatedTokens > 0 ? { ...usage, estimatedTokens } : usage
}

function roundToAtLeastOne(tokens: number): number {
  return Math.max(1, Math.round(tokens))
}

/** Estimates the usage of a question and its answer from their length. Excludes reasoning tokens. */
export function estimateUsage(
  { system, user }: Pick<Question, 'system' | 'user'>,
  { text }: Pick<ModelAnswer, 'text'>,
): UsageEstimate {
  return { inputTokens: estimateTokens(system + user), outputTokens: estimateTokens(text) }
}
