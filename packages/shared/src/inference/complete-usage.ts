import type { Usage } from '../contract/capability.ts'
import { estimateTokens } from './estimate-tokens.ts'
import type { ReportedUsage } from './reported-usage.ts'
import type { ModelAnswer, Question } from './types.ts'

/** What a call used at a guess. */
export type UsageEstimate = Pick<Usage, 'inputTokens' | 'outputTokens'>

/**
 * What a provider reported, with an estimate where it reported nothing. Tokens that are not reported as such count as
 * `estimatedTokens`, at least one for each part that is missing: unknown usage never looks like no usage.
 */
export function completeUsage(reported: ReportedUsage, estimate: UsageEstimate): Usage {
  const { inputTokens, cachedTokens, totalTokens, unexplainedTokens } = reported
  // An answer was not written with no tokens.
  const outputTokens =
    reported.outputTokens === 0 && estimate.outputTokens > 0 ? null : reported.outputTokens
  if (totalTokens !== null) return splitTotal(totalTokens, cachedTokens, estimate)
  const input = inputTokens ?? atLeastOne(estimate.inputTokens)
  const output = (outputTokens ?? atLeastOne(estimate.outputTokens)) + unexplainedTokens
  const estimatedTokens =
    (inputTokens === null ? input : 0) + (outputTokens === null ? output : unexplainedTokens)
  return marked({ inputTokens: input, cachedTokens, outputTokens: output }, estimatedTokens)
}

/** The sum is right, and how it is made up is a guess. */
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
  return marked(usage, totalTokens)
}

function marked(usage: Usage, estimatedTokens: number): Usage {
  return estimatedTokens > 0 ? { ...usage, estimatedTokens } : usage
}

function atLeastOne(tokens: number): number {
  return Math.max(1, Math.round(tokens))
}

/** What a question and its answer use, by their length. What a model thinks beside its text is in no estimate. */
export function estimateUsage(
  { system, user }: Pick<Question, 'system' | 'user'>,
  { text }: Pick<ModelAnswer, 'text'>,
): UsageEstimate {
  return { inputTokens: estimateTokens(system + user), outputTokens: estimateTokens(text) }
}
