import type { Provider } from '../contract/provider.ts'
import { FREE, type Price } from './price.ts'

/**
 * List prices of November 2026 for standard requests, from the price pages of Anthropic and OpenAI. If two sources
 * disagree, the higher price. Surcharges for cache writes, long prompts and service tiers, and the discount of batches, are
 * not included. CAPSTAN_PRICES overrides these prices.
 */
const LIST_PRICES: Record<string, Price> = {
  'claude-fable-5-1': { input: 10, cached: 0.25, output: 50 },
  'claude-opus-5-5': { input: 4, cached: 0.2, output: 20 },
  'claude-opus-5': { input: 5, cached: 0.5, output: 25 },
  'claude-opus-4-8': { input: 5, cached: 0.5, output: 25 },
  'claude-sonnet-5-5': { input: 2, cached: 0.2, output: 10 },
  'claude-sonnet-5': { input: 2, cached: 0.2, output: 10 },
  'claude-haiku-5-5': { input: 0.1, cached: 0.01, output: 0.5 },
  'claude-haiku-4-5': { input: 1, cached: 0.1, output: 5 },
  'gpt-6-astra': { input: 10, cached: 1, output: 50 },
  'gpt-6-sol': { input: 2, cached: 0.2, output: 10 },
  'gpt-6-luna': { input: 0.1, cached: 0.01, output: 0.5 },
  'gpt-5.6-terra': { input: 2, cached: 0.2, output: 12 },
  'gpt-5.6-luna': { input: 0.2, cached: 0.02, output: 1.2 },
  'gpt-5.4': { input: 2.5, cached: 0.25, output: 15 },
  'gpt-5.4-mini': { input: 0.75, cached: 0.075, output: 4.5 },
}

/** Suffix of a model release: `claude-haiku-4-5-20251001` has the price of `claude-haiku-4-5`. */
const RELEASE = /-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/

/** Finds the price of a model: from CAPSTAN_PRICES, else the list price. Null when unknown. */
export function findPrice(
  provider: Provider,
  model: string,
  own: Readonly<Record<string, Price>> = {},
): Price | null {
  if (provider === 'demo') return FREE
  for (const prices of [own, LIST_PRICES]) {
    for (const name of [model, model.replace(RELEASE, '')]) {
      if (Object.hasOwn(prices, name)) return prices[name] ?? null
    }
  }
  return null
}
