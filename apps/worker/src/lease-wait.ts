const FIRST_MS = 1_000
const LONGEST_MS = 10_000
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
  const backoffMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, waits))
  const delayMs = backoffMs * (0.75 + random() / 2)
  return Math.ceil(Math.min(delayMs, retryAfterMs + random() * SPREAD_MS))
}
