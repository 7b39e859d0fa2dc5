import { describe, expect, test } from 'vitest'
import { attempt, FREE, newLimitKey, take, type LimiterFixtures } from './limiter-fixtures.ts'

export function acquireSuite(fixtures: () => LimiterFixtures): void {
  describe('acquire', () => {
    test('acquire reserves in every dimension or in none', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, {
        ...FREE,
        perMinute: { requests: 600, 'input-tokens': 1_000, 'output-tokens': 60 },
      })
      // Input tokens suffice for 9 calls, requests for 95, output tokens for one.
      await take(fixtures(), limitKey)
      const answer = await limiter.acquire(limitKey, attempt())
      // 50 more tokens are needed and 59.4 - 50 are left; refill is 0.998 per second.
      expect(answer).toEqual({ outcome: 'wait', waitMs: 40_682, because: 'output-tokens' })
      const { dimensions } = await limiter.snapshot(limitKey)
      expect(dimensions).toMatchObject({
        requests: { capacity: 95, available: 94 },
        'input-tokens': { capacity: 990, available: 890 },
        'output-tokens': { available: 9.4 },
      })
      expect(dimensions.tokens).toBeUndefined()
    })

    test('a call is granted exactly when its estimated wait is over', async () => {
      const { limiter, clock, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 1_000 } })
      for (let n = 0; n < 9; n += 1) await take(fixtures(), limitKey)
      const waiting = attempt()
      const first = await limiter.acquire(limitKey, waiting)
      expect(first).toMatchObject({ outcome: 'wait', because: 'input-tokens' })
      const waitMs = first.outcome === 'wait' ? first.waitMs : 0
      await clock.advance(waitMs - 1)
      expect(await limiter.acquire(limitKey, waiting)).toMatchObject({ outcome: 'wait', waitMs: 1 })
      await clock.advance(1)
      expect(await limiter.acquire(limitKey, waiting)).toMatchObject({ outcome: 'granted' })
    })

    test('a repeated acquire command gets the same result and reserves nothing more', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { requests: 600 } })
      const asked = attempt()
      const first = await limiter.acquire(limitKey, asked)
      const before = await limiter.snapshot(limitKey)
      expect(await limiter.acquire(limitKey, asked)).toEqual(first)
      expect(await limiter.snapshot(limitKey)).toEqual(before)
    })

    test('a combined token limit reserves all requested output', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { tokens: 10_000 }, cachedTokensCount: true })
      await take(fixtures(), limitKey, { maxOutputTokens: 1_500 })
      const { dimensions } = await limiter.snapshot(limitKey)
      expect(dimensions.tokens?.available).toBe(9_900 - 100 - 1_500)
    })

    test('a call larger than the bucket starts when the bucket is full, and leaves a debt', async () => {
      const { limiter, clock, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 1_000 } })
      await take(fixtures(), limitKey, { characters: 20_000 })
      const { dimensions } = await limiter.snapshot(limitKey)
      expect(dimensions['input-tokens']?.available).toBe(990 - 5_000)
      const small = attempt({ characters: 4 })
      await clock.advance(240_000)
      expect(await limiter.acquire(limitKey, small)).toMatchObject({ outcome: 'wait' })
      await clock.advance(10_000)
      expect(await limiter.acquire(limitKey, small)).toMatchObject({ outcome: 'granted' })
    })

    test('the request bucket holds the refill of ten seconds by default', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { requests: 60 } })
      for (let n = 0; n < 9; n += 1) await take(fixtures(), limitKey)
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({ because: 'requests' })
    })

    test('calls in flight stay within the concurrency limit, and a freed slot is used at once', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 2, max: 2 } })
      const first = await take(fixtures(), limitKey)
      await take(fixtures(), limitKey)
      const waiting = attempt()
      expect(await limiter.acquire(limitKey, waiting)).toMatchObject({ because: 'concurrency' })
      await limiter.settle(limitKey, first, { kind: 'aborted' })
      expect(await limiter.acquire(limitKey, waiting)).toMatchObject({ outcome: 'granted' })
    })

    test('acquire returns the longest of several waits, with its reason', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 100 } })
      await take(fixtures(), limitKey)
      await limiter.pause(limitKey, 1_000, 'manual')
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({ because: 'input-tokens' })
      await limiter.pause(limitKey, 600_000, 'manual')
      expect(await limiter.acquire(limitKey, attempt())).toEqual({
        outcome: 'wait',
        waitMs: 600_000,
        because: 'paused',
      })
    })
  })

  describe('the wait queue', () => {
    test('a large call is not starved by later small calls', async () => {
      const { limiter, clock, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 1_000 } })
      await take(fixtures(), limitKey, { characters: 3_600 })
      const large = attempt({ characters: 3_200 })
      const answer = await limiter.acquire(limitKey, large)
      let leftMs = answer.outcome === 'wait' ? answer.waitMs : 0
      while (leftMs > 0) {
        expect(await limiter.acquire(limitKey, large)).toMatchObject({ waitMs: leftMs })
        const small = attempt({ characters: 40, maxWaitMs: 0 })
        expect(await limiter.acquire(limitKey, small)).toMatchObject({ outcome: 'wait' })
        const stepMs = Math.min(1_000, leftMs)
        await clock.advance(stepMs)
        leftMs -= stepMs
      }
      expect(await limiter.acquire(limitKey, large)).toMatchObject({ outcome: 'granted' })
      expect((await limiter.snapshot(limitKey)).waiting).toBe(0)
    })

    test('a later call may overtake with tokens that earlier queue entries do not need', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'output-tokens': 100, 'input-tokens': 10_000 } })
      await take(fixtures(), limitKey)
      const ahead = attempt({ characters: 8_000 })
      expect(await limiter.acquire(limitKey, ahead)).toMatchObject({ because: 'output-tokens' })
      const behind = attempt({ maxOutputTokens: 0 })
      expect(await limiter.acquire(limitKey, behind)).toMatchObject({ because: 'output-tokens' })
      const { waiting } = await limiter.snapshot(limitKey)
      expect(waiting).toBe(2)
      await limiter.leaveQueue(limitKey, ahead.lease)
      expect(await limiter.acquire(limitKey, behind)).toMatchObject({ outcome: 'granted' })
    })

    test('a queue entry expires some time after the poll that its owner missed', async () => {
      const { limiter, clock, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 1, max: 1 } })
      const held = await take(fixtures(), limitKey)
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({ because: 'concurrency' })
      await limiter.settle(limitKey, held, { kind: 'aborted' })
      const late = attempt()
      expect(await limiter.acquire(limitKey, late)).toMatchObject({ outcome: 'wait' })
      // The owner of the entry died. The entry behind it gets the slot at the expiry.
      await clock.advance(1_300)
      expect(await limiter.acquire(limitKey, late)).toMatchObject({ outcome: 'granted' })
    })

    test('a call whose max wait is shorter than the wait gets no queue entry', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 100 } })
      await take(fixtures(), limitKey)
      const answer = await limiter.acquire(limitKey, attempt({ maxWaitMs: 1_000 }))
      expect(answer).toMatchObject({ outcome: 'wait', because: 'input-tokens' })
      expect((await limiter.snapshot(limitKey)).waiting).toBe(0)
    })
  })
}
