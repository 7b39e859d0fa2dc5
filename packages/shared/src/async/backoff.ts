/** How the delay before a retry grows. */
export interface BackoffSteps {
  firstMs: number
  longestMs: number
  /**
   * Range of the random factor on each delay, so that callers do not retry at the same instant. `[0, 1]` is full jitter
   * (AWS, "Exponential Backoff And Jitter"). Default: none.
   */
  jitter?: readonly [least: number, most: number]
}

/** Delay in ms before a retry: `firstMs` before retry 0, doubled by each one up to `longestMs`, times the jitter. */
export function backoffMs(
  retry: number,
  { firstMs, longestMs, jitter: [least, most] = [1, 1] }: BackoffSteps,
  random: () => number = Math.random,
): number {
  const delayMs = Math.min(longestMs, firstMs * 2 ** Math.max(0, retry))
  return Math.floor(delayMs * (least + random() * (most - least)))
}
