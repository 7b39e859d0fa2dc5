import type { Usage } from '../contract/capability.ts'
import { totalTokens } from './add-usage.ts'

/** What one type had in a call about several: characters of its definition, and of its answer. */
export interface UsageShare {
  asked: number
  answered: number
}

/** The tokens of one call, split by what each type had in it. The shares sum to the whole. */
export function splitUsage(usage: Usage, parts: UsageShare[]): Usage[] {
  const byAsked = parts.map(({ asked }) => asked)
  const inputs = split(usage.inputTokens, byAsked)
  const cached = split(usage.cachedTokens, byAsked)
  const outputs = split(
    usage.outputTokens,
    parts.map(({ answered }) => answered),
  )
  const shares = parts.map((_, index) => ({
    inputTokens: inputs[index] ?? 0,
    cachedTokens: cached[index] ?? 0,
    outputTokens: outputs[index] ?? 0,
  }))
  const estimated = split(usage.estimatedTokens ?? 0, shares.map(totalTokens))
  return shares.map((share, index) => {
    const estimatedTokens = estimated[index] ?? 0
    return estimatedTokens > 0 ? { ...share, estimatedTokens } : share
  })
}

/** Whole shares of a whole number in proportion to the weights, by the largest remainder; even without any weight. */
function split(total: number, weights: number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0)
  const exact = weights.map((weight) => total * (sum > 0 ? weight / sum : 1 / weights.length))
  const shares = exact.map(Math.floor)
  const left = total - shares.reduce((all, share) => all + share, 0)
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .toSorted((one, other) => other.remainder - one.remainder)
  for (const { index } of byRemainder.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1
  return shares
}
