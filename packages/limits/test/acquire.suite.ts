import { describe, expect, test } from 'vitest'
import { attempt, FREE, newLimitKey, take, type Bench } from './world.ts'

export function acquireSuite(bench: () => Bench): void {
  describe('acquire', () => {
    test('takes from every dimension or from none', async () => {
      const { limiter, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, {
        ...FREE,
        perMinute: { requests: 600, 'input-tokens': 1_000, 'output-tokens': 60 },
      })
      // Room for 9 calls by input and 95 by requests, but for one by output.
      await take(bench(), limitKey)
      const answer = await limiter.acquire(limitKey, attempt())
      // 50 more tokens where 59.4 - 50 are left, at 0.998 a second.
      expect(answer).toEqual({ outcome: 'wait', waitMs: 40_682, because: 'output-tokens' })
      const { dimensions } = await limiter.snapshot(limitKey)
      expect(dimensions).toMatchObject({
        requests: { capacity: 95, available: 94 },
        'input-tokens': { capacity: 990, available: 890 },
        'output-tokens': { available: 9.4 },
      })
      expect(dimensions.tokens).toBeUndefined()
    })

    test('grants when the wait it named is over, and not a millisecond before', async () => {
      const { limiter, clock, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 1_000 } })
      for (let n = 0; n < 9; n += 1) await take(bench(), limitKey)
      const waiting = attempt()
      const first = await limiter.acquire(limitKey, waiting)
      expect(first).toMatchObject({ outcome: 'wait', because: 'input-tokens' })
      const waitMs = first.outcome === 'wait' ? first.waitMs : 0
      await clock.advance(waitMs - 1)
      expect(await limiter.acquire(limitKey, waiting)).toMatchObject({ outcome: 'wait', waitMs: 1 })
      await clock.advance(1)
      expect(await limiter.acquire(limitKey, waiting)).toMatchObject({ outcome: 'granted' })
    })

    test('the same attempt again gets the same answer and takes nothing more', async () => {
      const { limiter, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { requests: 600 } })
      const asked = attempt()
      const first = await limiter.acquire(limitKey, asked)
      const before = await limiter.snapshot(limitKey)
      expect(await limiter.acquire(limitKey, asked)).toEqual(first)
      expect(await limiter.snapshot(limitKey)).toEqual(before)
    })

    test('a combined limit reserves all the output asked for', async () => {
      const { limiter, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { tokens: 10_000 }, cachedTokensCount: true })
      await take(bench(), limitKey, { maxOutputTokens: 1_500 })
      const { dimensions } = await limiter.snapshot(limitKey)
      expect(dimensions.tokens?.available).toBe(9_900 - 100 - 1_500)
    })

    test('a call larger than a whole minute starts on a full bucket and leaves a debt', async () => {
      const { limiter, clock, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 1_000 } })
      await take(bench(), limitKey, { characters: 20_000 })
      const { dimensions } = await limiter.snapshot(limitKey)
      expect(dimensions['input-tokens']?.available).toBe(990 - 5_000)
      const small = attempt({ characters: 4 })
      await clock.advance(240_000)
      expect(await limiter.acquire(limitKey, small)).toMatchObject({ outcome: 'wait' })
      await clock.advance(10_000)
      expect(await limiter.acquire(limitKey, small)).toMatchObject({ outcome: 'granted' })
    })

    test('requests may come in bursts of ten seconds only', async () => {
      const { limiter, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { requests: 60 } })
      for (let n = 0; n < 9; n += 1) await take(bench(), limitKey)
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({ because: 'requests' })
    })

    test('calls in flight are held to the concurrency, and a freed slot is used at once', async () => {
      const { limiter, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 2, max: 2 } })
      const first = await take(bench(), limitKey)
      await take(bench(), limitKey)
      const waiting = attempt()
      expect(await limiter.acquire(limitKey, waiting)).toMatchObject({ because: 'concurrency' })
      await limiter.settle(limitKey, first, { kind: 'aborted' })
      expect(await limiter.acquire(limitKey, waiting)).toMatchObject({ outcome: 'granted' })
    })

    test('the longest wait is the one that is named', async () => {
      const { limiter, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 100 } })
      await take(bench(), limitKey)
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

  describe('the line', () => {
    test('a large call is not starved by small ones that come later', async () => {
      const { limiter, clock, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 1_000 } })
      await take(bench(), limitKey, { characters: 3_600 })
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

    test('who comes later may pass with what those ahead do not need', async () => {
      const { limiter, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'output-tokens': 100, 'input-tokens': 10_000 } })
      await take(bench(), limitKey)
      const ahead = attempt({ characters: 8_000 })
      expect(await limiter.acquire(limitKey, ahead)).toMatchObject({ because: 'output-tokens' })
      const behind = attempt({ maxOutputTokens: 0 })
      expect(await limiter.acquire(limitKey, behind)).toMatchObject({ because: 'output-tokens' })
      const { waiting } = await limiter.snapshot(limitKey)
      expect(waiting).toBe(2)
      await limiter.leaveQueue(limitKey, ahead.lease)
      expect(await limiter.acquire(limitKey, behind)).toMatchObject({ outcome: 'granted' })
    })

    test('a place is kept for a while after its owner was to come back, and then lost', async () => {
      const { limiter, clock, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 1, max: 1 } })
      const held = await take(bench(), limitKey)
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({ because: 'concurrency' })
      await limiter.settle(limitKey, held, { kind: 'aborted' })
      const late = attempt()
      expect(await limiter.acquire(limitKey, late)).toMatchObject({ outcome: 'wait' })
      // Its owner died. One that waits behind it gets the slot when the place expires.
      await clock.advance(1_300)
      expect(await limiter.acquire(limitKey, late)).toMatchObject({ outcome: 'granted' })
    })

    test('who will not wait that long gets no place', async () => {
      const { limiter, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 100 } })
      await take(bench(), limitKey)
      const answer = await limiter.acquire(limitKey, attempt({ maxWaitMs: 1_000 }))
      expect(answer).toMatchObject({ outcome: 'wait', because: 'input-tokens' })
      expect((await limiter.snapshot(limitKey)).waiting).toBe(0)
    })
  })
}
