import type { LimitsSnapshot } from './types.ts'

export interface Block {
  because: string
  forMs: number
}

/** Why no call may start at all, and for how long: a pause or an open breaker. Null when calls may start. */
export function blockOf({ paused, breaker }: LimitsSnapshot): Block | null {
  const open = breaker.state === 'open' ? breaker.forMs : 0
  if (paused && paused.forMs >= open) return { because: paused.reason, forMs: paused.forMs }
  return open > 0 ? { because: 'circuit breaker open', forMs: open } : null
}
