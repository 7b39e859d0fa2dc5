const FIRST_MS = 1_000
/** A provider's outage is often over within a minute; longer steps would only make a scan look dead. */
export const LONGEST_BACKOFF_MS = 30_000
/** A Retry-After beyond this is taken for nonsense. */
const LONGEST_ASKED_MS = 3_600_000

/** Name of the strategy in job options. BullMQ leaves a job stuck when a worker does not know it. */
export const JITTERED = 'jittered'

/**
 * Delay before start `attempt + 1`: uniform in 0..min(30 s, 1 s * 2^attempt). Full jitter, because equal
 * delays would bring all jobs of an outage back at the same instant (AWS, "Exponential Backoff And Jitter").
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_MS * 2 ** Math.max(0, attempt))
  return Math.floor(random() * ceiling)
}

/** BullMQ's strategy: the wait that the error asks for, else backoffMs. Must never throw, see JITTERED. */
export function backoffStrategy(
  attemptsMade: number,
  _type?: string,
  error?: Error,
  _job?: unknown,
): number {
  return askedDelayMs(error) ?? backoffMs(Number.isFinite(attemptsMade) ? attemptsMade : 1)
}

function askedDelayMs(error: Error | undefined): number | undefined {
  if (!error || !('retryAfterMs' in error)) return undefined
  const { retryAfterMs } = error
  const valid = typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs)
  return valid ? Math.min(LONGEST_ASKED_MS, Math.max(0, Math.round(retryAfterMs))) : undefined
}
