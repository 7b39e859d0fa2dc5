import type { Usage } from '../contract/usage.ts'
import { totalTokens } from './add-usage.ts'

/** Share of a type in a call about several types. */
export interface UsageShare {
  /** Characters of its definition. */
  asked: number
  /** Characters of its answer. */
  answered: number
}

/** Splits the tokens of a call among its types, in proportion to their characters. The shares sum up to `usage`. */
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

/** Splits an integer in proportion to weights by the largest remainder method. Equal shares if all weights are 0. */
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
