import { expect, test } from 'vitest'
import { rankRoutes, type Candidate } from './rank-routes.ts'
import type { LimitsSnapshot } from './types.ts'

/** A route where `available` of 100 requests and `free` of 10 slots are left. */
function candidate(
  account: string,
  available: number,
  free = 10,
  changes: Partial<LimitsSnapshot> = {},
): Candidate {
  const requests = { limit: 100, configured: 100, observed: null, capacity: 100, available }
  const snapshot: LimitsSnapshot = {
    atMs: 0,
    dimensions: { requests },
    concurrency: { limit: 10, max: 10, inFlight: 10 - free },
    waiting: 0,
    paused: null,
    breaker: { state: 'closed', epoch: 0, forMs: 0 },
    latency: null,
    estimate: { charactersPerToken: 4, outputTokens: 400, cachedTokens: 0 },
    lostLeases: 0,
    ...changes,
  }
  return { route: { account, group: 'opus', model: 'opus-5' }, snapshot }
}

const ranked = (...candidates: Candidate[]) => rankRoutes(candidates).map(({ account }) => account)

test('the account with most left comes first, whether tokens or slots are short', () => {
  expect(ranked(candidate('a', 30), candidate('b', 80), candidate('c', 50))).toEqual([
    'b',
    'c',
    'a',
  ])
  expect(ranked(candidate('a', 90, 1), candidate('b', 50, 5))).toEqual(['b', 'a'])
})

test('the scarcest limit of an account counts', () => {
  const [first, second] = [candidate('a', 60), candidate('b', 50)]
  const tokens = { limit: 10, configured: 10, observed: null, capacity: 10, available: 1 }
  first.snapshot.dimensions.tokens = tokens
  expect(ranked(first, second)).toEqual(['b', 'a'])
})

test('who may not start at all is left out, who is half-open is not', () => {
  const open = candidate('open', 100, 10, { breaker: { state: 'open', epoch: 1, forMs: 5_000 } })
  const paused = candidate('paused', 100, 10, { paused: { forMs: 100, reason: 'throttled' } })
  const probing = candidate('probing', 10, 10, {
    breaker: { state: 'half-open', epoch: 2, forMs: 0 },
  })
  expect(ranked(open, paused, probing)).toEqual(['probing'])
  expect(ranked(open, paused)).toEqual([])
})

test('a route in debt is worth no less than one with nothing left, and equals keep their order', () => {
  expect(ranked(candidate('a', -50), candidate('b', 0), candidate('c', 1))).toEqual(['c', 'a', 'b'])
})
