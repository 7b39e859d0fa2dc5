import type { Usage } from '../contract/usage.ts'

/** Adds two usages, per kind of token. */
export function addUsage(one: Usage, other: Usage): Usage {
  const estimatedTokens = (one.estimatedTokens ?? 0) + (other.estimatedTokens ?? 0)
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    ...(estimatedTokens > 0 ? { estimatedTokens } : {}),
  }
}

/** Sum of all tokens, including those read from a cache. */
export function totalTokens({ inputTokens, cachedTokens, outputTokens }: Usage): number {
  return inputTokens + cachedTokens + outputTokens
}
