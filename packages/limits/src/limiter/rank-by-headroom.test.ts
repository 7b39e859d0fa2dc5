import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findBlock } from './find-block.ts'
import { rankByHeadroom, type RankCandidate } from './rank-by-headroom.ts'
import type { LimitsSnapshot } from '../types.ts'

/** A limit key where `available` of 100 requests and `free` of 10 slots are left. */
function candidate(
  account: string,
  available: number,
  free = 10,
  changes: Partial<LimitsSnapshot> = {},
): RankCandidate & { account: string } {
  const requests = { limit: 100, configured: 100, observed: null, capacity: 100, available }
  const snapshot: LimitsSnapshot = {
    atMs: 0,
    dimensions: { requests },
    concurrency: { limit: 10, max: 10, inFlight: 10 - free, decreaseReason: null },
    waiting: 0,
    wait: null,
    paused: null,
    breaker: { state: 'closed', epoch: 0, forMs: 0, unhealthyMs: 0, reason: null },
    latency: null,
    estimate: { charactersPerToken: 4, outputTokens: 400, cachedTokens: 0 },
    expiredLeases: 0,
    ...changes,
  }
  return { account, snapshot }
}

const ranked = (...candidates: (RankCandidate & { account: string })[]) =>
  rankByHeadroom(candidates).map(({ account }) => account)

test('the account with the most headroom in tokens and slots ranks first', () => {
  expect(ranked(candidate('a', 30), candidate('b', 80), candidate('c', 50))).toEqual([
    'b',
    'c',
    'a',
  ])
  expect(ranked(candidate('a', 90, 1), candidate('b', 50, 5))).toEqual(['b', 'a'])
})

test('the scarcest limit of an account determines its rank', () => {
  const [first, second] = [candidate('a', 60), candidate('b', 50)]
  const tokens = { limit: 10, configured: 10, observed: null, capacity: 10, available: 1 }
  first.snapshot.dimensions.tokens = tokens
  expect(ranked(first, second)).toEqual(['b', 'a'])
})

test('blocked accounts rank last, the shortest block first; a half-open one does not', () => {
  const open = candidate('open', 100, 10, {
    breaker: { state: 'open', epoch: 1, forMs: 5_000, unhealthyMs: 0, reason: 'has a fault (500)' },
  })
  const paused = candidate('paused', 100, 10, { paused: { forMs: 100, reason: 'rate-limited' } })
  const probing = candidate('probing', 10, 10, {
    breaker: { state: 'half-open', epoch: 2, forMs: 0, unhealthyMs: 0, reason: null },
  })
  expect(ranked(open, paused, probing)).toEqual(['probing', 'paused', 'open'])
  expect(findBlock(open.snapshot)).toEqual({
    kind: 'breaker',
    because: 'circuit breaker open: has a fault (500)',
    forMs: 5_000,
  })
  expect(findBlock(paused.snapshot)).toEqual({
    kind: 'paused',
    because: 'rate-limited',
    forMs: 100,
  })
  expect(findBlock(probing.snapshot)).toBeNull()
})

test('a limit key in debt ranks as one with nothing left, and ties keep their order', () => {
  expect(ranked(candidate('a', -50), candidate('b', 0), candidate('c', 1))).toEqual(['c', 'a', 'b'])
})

test('an account with weight 3 ranks first until it is used three times as much', () => {
  const heavy = (available: number) => ({ ...candidate('heavy', available), weight: 3 })
  expect(ranked(candidate('light', 100), heavy(100))).toEqual(['heavy', 'light'])
  expect(ranked(candidate('light', 80), heavy(45))).toEqual(['heavy', 'light'])
  expect(ranked(candidate('light', 80), heavy(35))).toEqual(['light', 'heavy'])
})

test('the weight does not rank a full or blocked account higher', () => {
  const full = { ...candidate('full', 0), weight: 100 }
  const paused = { ...candidate('paused', 100), weight: 100 }
  paused.snapshot.paused = { forMs: 100, reason: 'rate-limited' }
  expect(ranked(paused, full, candidate('light', 1))).toEqual(['light', 'full', 'paused'])
})

test('consecutive calls are distributed by weight, within one call per account', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 5 })
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 200 }), (shares, calls) => {
      const accounts = shares.map((weight, index) => {
        const concurrency = { limit: 1_000, max: 1_000, inFlight: 0, decreaseReason: null }
        return { ...candidate(`a${index}`, 100, 10, { concurrency }), weight }
      })
      for (let call = 0; call < calls; call += 1) {
        const [best] = rankByHeadroom(accounts)
        if (best) best.snapshot.concurrency.inFlight += 1
      }
      const used = accounts.map(({ snapshot }) => snapshot.concurrency.inFlight)
      for (const [index, count] of used.entries()) {
        const fair = (calls * (shares[index] ?? 0)) / shares.reduce((sum, one) => sum + one, 0)
        expect(Math.abs(count - fair)).toBeLessThan(accounts.length)
      }
    }),
  )
})
