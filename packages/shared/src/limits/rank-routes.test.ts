import { expect, test } from 'vitest'
import { blockOf } from './block-of.ts'
import { rankRoutes, type Candidate } from './rank-routes.ts'
import type { LimitsSnapshot } from './types.ts'

/** A route where `available` of 100 requests and `free` of 10 slots are left. */
function candidate(
  account: string,
  available: number,
  free = 10,
  changes: Partial<LimitsSnapshot> = {},
): Candidate & { account: string } {
  const requests = { limit: 100, configured: 100, observed: null, capacity: 100, available }
  const snapshot: LimitsSnapshot = {
    atMs: 0,
    dimensions: { requests },
    concurrency: { limit: 10, max: 10, inFlight: 10 - free },
    waiting: 0,
    paused: null,
    breaker: { state: 'closed', epoch: 0, forMs: 0, brokenMs: 0 },
    latency: null,
    estimate: { charactersPerToken: 4, outputTokens: 400, cachedTokens: 0 },
    lostLeases: 0,
    ...changes,
  }
  return { account, snapshot }
}

const ranked = (...candidates: (Candidate & { account: string })[]) =>
  rankRoutes(candidates).map(({ account }) => account)

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

test('who lets no call in comes last, soonest free first; who is half-open does not', () => {
  const open = candidate('open', 100, 10, {
    breaker: { state: 'open', epoch: 1, forMs: 5_000, brokenMs: 0 },
  })
  const paused = candidate('paused', 100, 10, { paused: { forMs: 100, reason: 'throttled' } })
  const probing = candidate('probing', 10, 10, {
    breaker: { state: 'half-open', epoch: 2, forMs: 0, brokenMs: 0 },
  })
  expect(ranked(open, paused, probing)).toEqual(['probing', 'paused', 'open'])
  expect(blockOf(open.snapshot)).toEqual({ because: 'circuit breaker open', forMs: 5_000 })
  expect(blockOf(paused.snapshot)).toEqual({ because: 'throttled', forMs: 100 })
  expect(blockOf(probing.snapshot)).toBeNull()
})

test('a route in debt is worth no less than one with nothing left, and equals keep their order', () => {
  expect(ranked(candidate('a', -50), candidate('b', 0), candidate('c', 1))).toEqual(['c', 'a', 'b'])
})
