import { findBlock } from './find-block.ts'
import type { LimitsSnapshot } from '../types.ts'

export interface RankCandidate {
  snapshot: LimitsSnapshot
  /** Relative share of the calls: a weight of 3 gets three times the calls of a weight of 1. Default 1. */
  weight?: number | undefined
}

/**
 * Ranks candidates, the best one first: by the used share of the scarcest limit and of the slots, divided by the weight. Full
 * candidates follow, then blocked ones, the shortest block first. Ties keep the order of weight, then of
 * configuration, so that one account profits from the provider's prompt cache.
 */
export function rankByHeadroom<T extends RankCandidate>(candidates: T[]): T[] {
  return candidates
    .map((candidate) => {
      const { snapshot, weight = 1 } = candidate
      const left = computeHeadroom(snapshot)
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

/** From 0 (no call may start) to 1 (unused). */
function computeHeadroom({ dimensions, concurrency }: LimitsSnapshot): number {
  const left = Object.values(dimensions).map(({ available, capacity }) => available / capacity)
  const free = 1 - concurrency.inFlight / Math.max(1, Math.floor(concurrency.limit))
  return Math.max(0, Math.min(1, ...left)) * Math.max(0, free)
}
