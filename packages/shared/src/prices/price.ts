import { z } from 'zod'
import type { Usage } from '../contract/capability.ts'

const UsdPerMillion = z.number().nonnegative()

/** What a model costs, in US dollars per million tokens. */
export const Price = z.strictObject({
  input: UsdPerMillion,
  /** Input that the provider read from its prompt cache. */
  cached: UsdPerMillion,
  output: UsdPerMillion,
})
export type Price = z.infer<typeof Price>

export const FREE: Price = { input: 0, cached: 0, output: 0 }

/** What tokens cost through a batch API, of what they cost in calls: half, at both vendors. */
const BATCH_SHARE = 0.5

/** The price of a model through its batch API. */
export function batchPrice(price: Price | null): Price | null {
  if (price === null) return null
  const { input, cached, output } = price
  return {
    input: input * BATCH_SHARE,
    cached: cached * BATCH_SHARE,
    output: output * BATCH_SHARE,
  }
}

/** Cost of tokens in US dollars; null when the price is not known, which is never shown as nothing. */
export function computeCostUsd(usage: Usage, price: Price | null): number | null {
  if (price === null) return null
  const { inputTokens, cachedTokens, outputTokens } = usage
  const perMillion =
    inputTokens * price.input + cachedTokens * price.cached + outputTokens * price.output
  return perMillion / 1_000_000
}
