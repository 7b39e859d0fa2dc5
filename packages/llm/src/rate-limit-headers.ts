import type {
  Dimension,
  ObservedLimit,
  ObservedLimits,
} from '@capstan/shared/contract/observed-limits'

/** Names of the three headers of a limit, and the step to which the server rounds the remaining count. */
interface LimitHeaders {
  dimension: Dimension
  limit: string
  remaining: string
  reset: string
  roundedTo: number
}

const anthropic = (dimension: Dimension, name: string, roundedTo: number): LimitHeaders => ({
  dimension,
  limit: `anthropic-ratelimit-${name}-limit`,
  remaining: `anthropic-ratelimit-${name}-remaining`,
  reset: `anthropic-ratelimit-${name}-reset`,
  roundedTo,
})

const openai = (dimension: Dimension, name: string): LimitHeaders => ({
  dimension,
  limit: `x-ratelimit-limit-${name}`,
  remaining: `x-ratelimit-remaining-${name}`,
  reset: `x-ratelimit-reset-${name}`,
  roundedTo: 1,
})

// Anthropic rounds remaining tokens to the nearest thousand.
const HEADERS: LimitHeaders[] = [
  anthropic('requests', 'requests', 1),
  anthropic('input-tokens', 'input-tokens', 1_000),
  anthropic('output-tokens', 'output-tokens', 1_000),
  anthropic('tokens', 'tokens', 1_000),
  openai('requests', 'requests'),
  openai('tokens', 'tokens'),
  openai('tokens', 'project-tokens'),
]

/**
 * Reads rate limits in the headers of Anthropic, OpenAI and compatible servers. Omits a limit without a limit header or a
 * remaining header. `nowMs`: local time, for reset times.
 */
export function readRateLimits(headers: Headers | undefined, nowMs: number): ObservedLimits {
  const observed: ObservedLimits = {}
  if (!headers) return observed
  for (const names of HEADERS) {
    const seen = readLimit(headers, names, nowMs)
    const other = observed[names.dimension]
    // The organisation and the project both have a token limit. The limit with fewer remaining tokens applies.
    if (seen && !(other && other.remaining <= seen.remaining)) observed[names.dimension] = seen
  }
  // If input and output have separate limits, the `tokens` headers repeat the stricter of them.
  if (observed['input-tokens'] ?? observed['output-tokens']) delete observed.tokens
  return observed
}

function readLimit(
  headers: Headers,
  names: LimitHeaders,
  nowMs: number,
): ObservedLimit | undefined {
  const limit = readCount(headers.get(names.limit))
  const remaining = readCount(headers.get(names.remaining))
  if (limit === undefined || remaining === undefined || limit === 0) return undefined
  const resetMs = readReset(headers.get(names.reset), nowMs)
  return {
    limit,
    remaining,
    roundedTo: names.roundedTo,
    ...(resetMs === undefined ? {} : { resetMs }),
  }
}

/** Reads `2000000` or `2,000,000`; servers send both. Undefined for negative numbers. */
function readCount(text: string | null): number | undefined {
  if (text === null || !/^\s*\d[\d,]*(\.\d+)?\s*$/.test(text)) return undefined
  return Math.floor(Number(text.replaceAll(',', '')))
}

const UNIT_MS: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }

/** Reads `6m0s`, `1.5s`, `120ms`, `20` (seconds) or an RFC 3339 time as milliseconds from now. */
function readReset(text: string | null, nowMs: number): number | undefined {
  const trimmed = text?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.ceil(Number(trimmed) * 1_000)
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g)]
  if (parts.length > 0 && parts.map(([whole]) => whole).join('') === trimmed) {
    const sum = parts.reduce((total, [, count, unit]) => total + Number(count) * unitMs(unit), 0)
    return Math.ceil(sum)
  }
  const moment = /^\d{4}-/.test(trimmed) ? Date.parse(trimmed) : Number.NaN
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - nowMs)
}

function unitMs(unit: string | undefined): number {
  return UNIT_MS[unit ?? ''] ?? 0
}
