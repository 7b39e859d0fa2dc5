import { backoffMs } from '@capstan/shared/async/backoff'

/** A provider's outage is often over within a minute; longer steps would only make a scan look dead. */
export const LONGEST_BACKOFF_MS = 30_000
// Full jitter: equal delays would bring all jobs of an outage back at the same instant.
const STEPS = { firstMs: 1_000, longestMs: LONGEST_BACKOFF_MS, jitter: [0, 1] } as const
/** A Retry-After beyond this is taken for nonsense. */
const LONGEST_ASKED_MS = 3_600_000

/** Name of the strategy in job options. BullMQ leaves a job stuck when a worker does not know it. */
export const JITTERED = 'jittered'

/** Delay before attempt `attempt + 1` of a job. */
export function jobBackoffMs(attempt: number, random?: () => number): number {
  return backoffMs(attempt, STEPS, random)
}

/** BullMQ's strategy: the wait that the error asks for, else jobBackoffMs. Must never throw, see JITTERED. */
export function backoffStrategy(
  attemptsMade: number,
  _type?: string,
  error?: Error,
  _job?: unknown,
): number {
  return readDelayMs(error) ?? jobBackoffMs(Number.isFinite(attemptsMade) ? attemptsMade : 1)
}

function readDelayMs(error: Error | undefined): number | undefined {
  if (!error || !('retryAfterMs' in error)) return undefined
  const { retryAfterMs } = error
  const valid = typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs)
  return valid ? Math.min(LONGEST_ASKED_MS, Math.max(0, Math.round(retryAfterMs))) : undefined
}
