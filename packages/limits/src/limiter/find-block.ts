import type { LimitsSnapshot } from '../types.ts'

export interface AdmissionBlock {
  kind: 'paused' | 'breaker'
  because: string
  forMs: number
}

export interface BlockState extends Pick<LimitsSnapshot, 'paused'> {
  breaker: Pick<LimitsSnapshot['breaker'], 'state' | 'forMs' | 'reason'>
}

/** Returns the longer one of a pause and an open breaker, with its reason. Null if neither blocks calls. */
export function findBlock({ paused, breaker }: BlockState): AdmissionBlock | null {
  const open = breaker.state === 'open' ? breaker.forMs : 0
  if (paused && paused.forMs >= open)
    return { kind: 'paused', because: paused.reason, forMs: paused.forMs }
  if (open === 0) return null
  const text = breaker.reason === null ? '' : `: ${breaker.reason}`
  return { kind: 'breaker', because: `circuit breaker open${text}`, forMs: open }
}
