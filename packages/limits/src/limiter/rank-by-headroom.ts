import { findBlock } from './find-block.ts'
import type { LimitsSnapshot } from '../types.ts'

export interface RankCandidate {
  snapshot: LimitsSnapshot
  /** How much of it may be in use beside the others: at 3 three times the share of one at 1. Default 1. */
  weight?: number | undefined
}

/**
 * Candidates, the best to call first: by what is in use of the scarcest limit and of the slots, for its weight. Those
 * that have no room come after those that have, and those that let no call in last, soonest free first. Of equals the
 * heavier comes first, then the first named, and so gets the benefit of a provider's prompt cache.
 */
export function rankByHeadroom<T extends RankCandidate>(candidates: T[]): T[] {
  return candidates
    .map((candidate) => {
      const { snapshot, weight = 1 } = candidate
      const left = headroomOf(snapshot)
      return {
        candidate,
        blockedMs: findBlock(snapshot)?.forMs ?? 0,
        isFull: Number(left === 0),
        inUse: (1 - left) / weight,
        weight,
      }
    })
    .toSorted(
      (a, b) =>
        a.blockedMs - b.blockedMs ||
        a.isFull - b.isFull ||
        a.inUse - b.inUse ||
        b.weight - a.weight,
    )
    .map(({ candidate }) => candidate)
}

/** 0 (nothing may start) to 1 (all is free). */
function headroomOf({ dimensions, concurrency }: LimitsSnapshot): number {
  const left = Object.values(dimensions).map(({ available, capacity }) => available / capacity)
  const free = 1 - concurrency.inFlight / Math.max(1, Math.floor(concurrency.limit))
  return Math.max(0, Math.min(1, ...left)) * Math.max(0, free)
}
