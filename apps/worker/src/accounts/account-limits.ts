import { isVendorEndpoint } from '@capstan/shared/config/endpoint-vendor'
import type { Provider } from '@capstan/shared/contract/provider'
import { parseLimits } from '@capstan/limits/limiter/parse-limits'
import { computeInitialConcurrency } from '@capstan/limits/limiter/initial-concurrency'
import type { ConfiguredLimits } from '@capstan/limits/types'

/** The median call of a calibrated model: prompt, outline and answer. */
const USUAL_CALL = {
  costs: { requests: 1, 'input-tokens': 1_700, 'output-tokens': 350, tokens: 2_050 },
  latencyMs: 5_000,
}
/** More than any set of workers needs. The provider's own limit is learned from its overloads. */
const MOST_IN_FLIGHT = 1_000
/**
 * Initial concurrency without a stated limit. It exceeds the 66 types of a small cluster, because a scan of two rounds would
 * end before slow start had any effect.
 */
const START_UNSTATED = 100
/**
 * The same at a base URL that is not the vendor's. A self-hosted server answers a few calls at a time and queues the rest;
 * slow start raises the limit within seconds if it can do more.
 */
const START_COMPATIBLE = 4

/**
 * The limits of an account as the operator states them (parse-limits.ts); missing ones are learned from headers. A stated
 * concurrency starts calls as at a vendor, because the operator knows the server.
 */
export function readAccountLimits(
  provider: Provider,
  text: string,
  baseUrl?: string,
): ConfiguredLimits {
  const { perMinute, concurrency } = parseLimits(text)
  const max = concurrency ?? MOST_IN_FLIGHT
  const isStated = Object.keys(perMinute).length > 0
  const isKnown = concurrency !== undefined || isVendorEndpoint(provider, baseUrl)
  const unstated = isKnown ? START_UNSTATED : START_COMPATIBLE
  const start = isStated ? computeInitialConcurrency(perMinute, USUAL_CALL, max) : unstated
  return {
    perMinute,
    // Anthropic does not count prompt tokens that it reads from its cache; OpenAI does.
    cachedTokensCount: provider !== 'anthropic',
    concurrency: { start: Math.min(start, max), max },
  }
}
