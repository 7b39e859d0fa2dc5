import type { Dimension } from '@capstan/shared/contract/observed-limits'

/** Default bucket capacity, as time of refill. Providers enforce request limits "over shorter intervals" than a minute. */
export const DEFAULT_BURST_MS: Record<Dimension, number> = {
  requests: 10_000,
  'input-tokens': 60_000,
  'output-tokens': 60_000,
  tokens: 60_000,
}
