import { backoffMs } from '@capstan/shared/async/backoff'

const STEPS = { firstMs: 1_000, longestMs: 10_000, jitter: [0.75, 1.25] } as const
/** Starts that wait for the end of one worker do not all look in the same millisecond. */
const SPREAD_MS = 500

/**
 * Milliseconds until a start looks again whether another one has paid for its answer: about 1, 2, 4, 8 and then 10 s, spread by
 * a quarter, but no later than the lease may be taken over. `waits`: how often it has looked before.
 */
export function leaseWaitMs(
  waits: number,
  retryAfterMs: number,
  random: () => number = Math.random,
): number {
  const delayMs = backoffMs(waits, STEPS, random)
  return Math.ceil(Math.min(delayMs, retryAfterMs + random() * SPREAD_MS))
}
