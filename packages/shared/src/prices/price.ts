import { z } from 'zod'
import type { Usage } from '../contract/usage.ts'

const UsdPerMillion = z.number().nonnegative()

/** Price of a model in US dollars per million tokens. */
export const Price = z.strictObject({
  input: UsdPerMillion,
  /** Input tokens read from the prompt cache of the provider. */
  cached: UsdPerMillion,
  output: UsdPerMillion,
})
export type Price = z.infer<typeof Price>

export const FREE: Price = { input: 0, cached: 0, output: 0 }

/** Batch price as a share of the standard price, at both vendors. */
const BATCH_SHARE = 0.5

/** Price of a model in the batch API. */
export function batchPrice(price: Price | null): Price | null {
  if (price === null) return null
  const { input, cached, output } = price
  return {
    input: input * BATCH_SHARE,
    cached: cached * BATCH_SHARE,
    output: output * BATCH_SHARE,
  }
}

/** Cost of tokens in US dollars. Null when the price is unknown: an unknown cost is never 0. */
export function computeCostUsd(usage: Usage, price: Price | null): number | null {
  if (price === null) return null
  const { inputTokens, cachedTokens, outputTokens } = usage
  const perMillion =
    inputTokens * price.input + cachedTokens * price.cached + outputTokens * price.output
  return perMillion / 1_000_000
}
