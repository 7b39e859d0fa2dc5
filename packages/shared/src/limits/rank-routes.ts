import type { LimitsSnapshot, Route } from './types.ts'

export interface Candidate {
  route: Route
  snapshot: LimitsSnapshot
}

/**
 * Routes that could serve a call now, best first: by the share that is left of their scarcest limit, times the
 * share of free slots. Paused routes and open breakers are left out, so an empty answer means: wait.
 * Of routes that are equal the first named stays first, and so gets the benefit of a provider's prompt cache.
 */
export function rankRoutes(candidates: Candidate[]): Route[] {
  return candidates
    .filter(({ snapshot }) => snapshot.paused === null && snapshot.breaker.state !== 'open')
    .map(({ route, snapshot }) => ({ route, headroom: headroomOf(snapshot) }))
    .toSorted((one, other) => other.headroom - one.headroom)
    .map(({ route }) => route)
}

/** 0 (nothing may start) to 1 (all is free). */
function headroomOf({ dimensions, concurrency }: LimitsSnapshot): number {
  const left = Object.values(dimensions).map(({ available, capacity }) => available / capacity)
  const free = 1 - concurrency.inFlight / Math.max(1, Math.floor(concurrency.limit))
  return Math.max(0, Math.min(1, ...left)) * Math.max(0, free)
}
