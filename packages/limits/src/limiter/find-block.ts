import type { LimitsSnapshot } from '../types.ts'

export interface AdmissionBlock {
  because: string
  forMs: number
}

export interface BlockState extends Pick<LimitsSnapshot, 'paused'> {
  breaker: Pick<LimitsSnapshot['breaker'], 'state' | 'forMs' | 'reason'>
}

/** Why no call may start at all, and for how long: a pause or an open breaker. Null when calls may start. */
export function findBlock({ paused, breaker }: BlockState): AdmissionBlock | null {
  const open = breaker.state === 'open' ? breaker.forMs : 0
  if (paused && paused.forMs >= open) return { because: paused.reason, forMs: paused.forMs }
  if (open === 0) return null
  const words = breaker.reason === null ? '' : `: ${breaker.reason}`
  return { because: `circuit breaker open${words}`, forMs: open }
}
