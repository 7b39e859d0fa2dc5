import { backoffMs } from '@capstan/shared/async/backoff'

/** A message is retried for a day. */
const KEEP_TRYING_MS = 86_400_000
/** 5 s, 10 s, 20 s, … up to 4 h, each 25 % less or more, so that messages of one outage do not return together. */
const STEPS = { firstMs: 5_000, longestMs: 4 * 3_600_000, jitter: [0.75, 1.25] } as const

export interface FailedAttempt {
  /** Failed attempts before this one. */
  earlier: number
  /** Start of the day, in ms. */
  startedMs: number
  /** Header of the response. */
  retryAfter: string | undefined
}

/** Returns the wait before the next attempt in ms, at least `retryAfter`. Undefined when it would come too late. */
export function computeRetryDelay(
  { earlier, startedMs, retryAfter }: FailedAttempt,
  nowMs: number,
  random?: () => number,
): number | undefined {
  const requested = parseRetryAfter(retryAfter, nowMs) ?? 0
  const delayMs = Math.max(backoffMs(earlier, STEPS, random), requested)
  return nowMs + delayMs > startedMs + KEEP_TRYING_MS ? undefined : delayMs
}

/** Reads seconds or an HTTP date. Other text is ignored. */
function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}
