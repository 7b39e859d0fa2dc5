import { backoffMs } from '@capstan/shared/async/backoff'

const STEPS = { firstMs: 1_000, longestMs: 10_000, jitter: [0.75, 1.25] } as const
/** Jitter, so that attempts that wait for the same lease do not poll at the same moment. */
const SPREAD_MS = 500

/**
 * Returns the milliseconds until an attempt checks again whether another attempt has paid for its answer: about 1, 2, 4, 8 and then 10 s, with
 * 25 % jitter, but no later than the lease may be taken over. `waits`: the number of earlier checks.
 */
export function computeLeaseWaitMs(
  waits: number,
  retryAfterMs: number,
  random: () => number = Math.random,
): number {
  const delayMs = backoffMs(waits, STEPS, random)
  return Math.ceil(Math.min(delayMs, retryAfterMs + random() * SPREAD_MS))
}
