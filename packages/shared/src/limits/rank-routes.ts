import { blockOf } from './block-of.ts'
import type { LimitsSnapshot } from './types.ts'

export interface Candidate {
  snapshot: LimitsSnapshot
}

/**
 * Candidates, the best to call first: by the share that is left of the scarcest limit, times the share of free slots.
 * Those that let no call in come last, soonest free first. Of equals the first named stays first, and so gets the
 * benefit of a provider's prompt cache.
 */
export function rankRoutes<T extends Candidate>(candidates: T[]): T[] {
  return candidates
    .map((candidate) => ({
      candidate,
      blockedMs: blockOf(candidate.snapshot)?.forMs ?? 0,
      headroom: headroomOf(candidate.snapshot),
    }))
    .toSorted((a, b) => a.blockedMs - b.blockedMs || b.headroom - a.headroom)
    .map(({ candidate }) => candidate)
}

/** 0 (nothing may start) to 1 (all is free). */
function headroomOf({ dimensions, concurrency }: LimitsSnapshot): number {
  const left = Object.values(dimensions).map(({ available, capacity }) => available / capacity)
  const free = 1 - concurrency.inFlight / Math.max(1, Math.floor(concurrency.limit))
  return Math.max(0, Math.min(1, ...left)) * Math.max(0, free)
}
