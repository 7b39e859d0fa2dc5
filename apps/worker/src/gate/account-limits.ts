import { isVendorEndpoint } from '@capstan/shared/config/endpoint-vendor'
import type { Provider } from '@capstan/shared/contract/provider'
import { parseLimits } from '@capstan/limits/limiter/parse-limits'
import { computeInitialConcurrency } from '@capstan/limits/limiter/initial-concurrency'
import type { ConfiguredLimits } from '@capstan/limits/types'

/** The median call of a calibrated model: prompt and outline, and an answer. */
const USUAL_CALL = {
  costs: { requests: 1, 'input-tokens': 1_700, 'output-tokens': 350, tokens: 2_050 },
  latencyMs: 5_000,
}
/** More than any worker fleet of today needs; the provider's own limit is learned from its overloads. */
const MOST_IN_FLIGHT = 1_000
/**
 * Where the controller starts when nobody states a limit. Above the 66 types of a small cluster: a scan that is
 * over in two rounds would end before slow start had got anywhere.
 */
const START_UNSTATED = 100
/**
 * The same at a base URL that is not the vendor's. A server of one's own answers a few calls at a time and queues the rest;
 * slow start finds out within seconds when it can do more.
 */
const START_COMPATIBLE = 4

/**
 * Limits as the operator states them (parse-limits.ts); what is left out is learned from headers. Who states a concurrency
 * knows the server, so calls start as at a vendor.
 */
export function accountLimits(
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
    // Anthropic does not count what it reads from its cache; OpenAI does.
    cachedTokensCount: provider !== 'anthropic',
    concurrency: { start: Math.min(start, max), max },
  }
}
