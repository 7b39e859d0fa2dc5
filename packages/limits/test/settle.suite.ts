import { describe, expect, test } from 'vitest'
import type { Dimension } from '@capstan/shared/contract/observed-limits'
import type { CallFailureKind, LimitKey } from '@capstan/limits/types'
import { attempt, FREE, newLimitKey, take, type Bench } from './world.ts'

const LIMITS = {
  ...FREE,
  perMinute: { requests: 600, 'input-tokens': 1_000, 'output-tokens': 1_000, tokens: 1_000 },
}

/** Tokens (or requests) that are missing from full buckets. */
async function missing({ limiter }: Bench, limitKey: LimitKey): Promise<Record<string, number>> {
  const { dimensions } = await limiter.snapshot(limitKey)
  return Object.fromEntries(
    Object.entries(dimensions).map(([name, { capacity, available }]) => [
      name,
      capacity - available,
    ]),
  )
}

export function settleSuite(bench: () => Bench): void {
  describe('settle', () => {
    test('puts the real usage in place of the estimate, whether it was more or less', async () => {
      const { limiter, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, LIMITS)
      const usage = { inputTokens: 160, cachedTokens: 30, outputTokens: 7 }
      await limiter.settle(limitKey, await take(bench(), limitKey), { kind: 'answered', usage })
      expect(await missing(bench(), limitKey)).toEqual({
        requests: 1,
        'input-tokens': 160,
        'output-tokens': 7,
        tokens: 197,
      })
    })

    test('cached tokens are input where the provider counts them', async () => {
      const { limiter, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...LIMITS, cachedTokensCount: true })
      const usage = { inputTokens: 160, cachedTokens: 30, outputTokens: 7 }
      await limiter.settle(limitKey, await take(bench(), limitKey), { kind: 'answered', usage })
      expect(await missing(bench(), limitKey)).toMatchObject({ 'input-tokens': 190, tokens: 197 })
    })

    const LEFT: [CallFailureKind, Partial<Record<Dimension, number>>][] = [
      ['unsent', { requests: 0, 'input-tokens': 0, 'output-tokens': 0, tokens: 0 }],
      ['rate-limited', { requests: 1, 'input-tokens': 0, 'output-tokens': 0, tokens: 0 }],
      ['refused', { requests: 1, 'input-tokens': 0, 'output-tokens': 0, tokens: 0 }],
      ['overload', { requests: 1, 'input-tokens': 100, 'output-tokens': 50, tokens: 150 }],
      ['timeout', { requests: 1, 'input-tokens': 100, 'output-tokens': 50, tokens: 150 }],
      ['aborted', { requests: 1, 'input-tokens': 100, 'output-tokens': 50, tokens: 150 }],
    ]
    test.each(LEFT)(
      'a call that ended as %s leaves spent what it may have used',
      async (kind, left) => {
        const { limiter, allow } = bench()
        const limitKey = newLimitKey()
        allow(limitKey, LIMITS)
        await limiter.settle(limitKey, await take(bench(), limitKey), { kind })
        expect(await missing(bench(), limitKey)).toEqual(left)
        expect((await limiter.snapshot(limitKey)).concurrency.inFlight).toBe(0)
      },
    )

    test('counts once', async () => {
      const { limiter, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, LIMITS)
      const lease = await take(bench(), limitKey)
      expect(await limiter.settle(limitKey, lease, { kind: 'unsent' })).toEqual({
        outcome: 'settled',
      })
      await take(bench(), limitKey)
      const before = await limiter.snapshot(limitKey)
      expect(await limiter.settle(limitKey, lease, { kind: 'unsent' })).toEqual({
        outcome: 'unknown',
      })
      expect(await limiter.snapshot(limitKey)).toEqual(before)
    })

    test('a refund fills no bucket above its brim', async () => {
      const { limiter, clock, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, LIMITS)
      const lease = await take(bench(), limitKey)
      await clock.advance(60_000)
      await limiter.settle(limitKey, lease, { kind: 'unsent' })
      expect(await missing(bench(), limitKey)).toMatchObject({ requests: 0, 'input-tokens': 0 })
    })
  })

  describe('a lease', () => {
    test('that ran out gives its slot back and keeps its tokens spent', async () => {
      const { limiter, clock, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, {
        ...FREE,
        perMinute: { tokens: 100_000 },
        concurrency: { start: 1, max: 1 },
      })
      const dead = await take(bench(), limitKey, { ttlMs: 5_000, maxOutputTokens: 20_000 })
      await clock.advance(4_999)
      const waiting = attempt()
      expect(await limiter.acquire(limitKey, waiting)).toMatchObject({ because: 'concurrency' })
      await clock.advance(1)
      expect(await limiter.acquire(limitKey, waiting)).toMatchObject({ outcome: 'granted' })
      // 20,100 and 150 were taken; 5 s gave back a twelfth of 99,800.
      const spent = (await missing(bench(), limitKey))['tokens']
      expect(spent).toBeCloseTo(20_100 - 99_800 / 12 + 150, 6)
      // Its owner was only slow.
      const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 }
      const late = await limiter.settle(limitKey, dead, { kind: 'answered', usage })
      expect(late).toEqual({ outcome: 'unknown' })
      expect((await missing(bench(), limitKey))['tokens']).toBe(spent)
    })

    test('is swept also when nobody asks for a turn', async () => {
      const { limiter, clock, redis, keys } = bench()
      const limitKey = newLimitKey()
      await take(bench(), limitKey, { ttlMs: 5_000 })
      await take(bench(), limitKey, { ttlMs: 9_000 })
      await clock.advance(6_000)
      expect((await limiter.snapshot(limitKey)).concurrency.inFlight).toBe(1)
      expect(await limiter.expireLeases(limitKey)).toBe(1)
      expect(await limiter.expireLeases(limitKey)).toBe(0)
      expect(await limiter.snapshot(limitKey)).toMatchObject({ expiredLeases: 1 })
      expect(await redis.hlen(keys.limits(limitKey.account, limitKey.model, 'reservations'))).toBe(
        1,
      )
    })
  })

  describe('a pause', () => {
    test('is as long as the longest one asked for, whatever the order', async () => {
      const { limiter, clock } = bench()
      const limitKey = newLimitKey()
      await take(bench(), limitKey)
      await limiter.pause(limitKey, 9_000, 'first')
      await limiter.pause(limitKey, 60_000, 'longest')
      await limiter.pause(limitKey, 3_000, 'last')
      await clock.advance(9_000)
      expect(await limiter.snapshot(limitKey)).toMatchObject({
        paused: { forMs: 51_000, reason: 'longest' },
      })
      await limiter.resume(limitKey)
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({ outcome: 'granted' })
    })

    test('follows a 429 and is a little longer than asked for', async () => {
      const { limiter } = bench()
      const limitKey = newLimitKey()
      const lease = await take(bench(), limitKey)
      await limiter.settle(limitKey, lease, { kind: 'rate-limited', retryAfterMs: 10_000 })
      expect(await limiter.acquire(limitKey, attempt())).toEqual({
        outcome: 'wait',
        waitMs: 10_500,
        because: 'paused',
      })
    })

    test('follows a 429 also when its lease has run out', async () => {
      const { limiter, clock } = bench()
      const limitKey = newLimitKey()
      const lease = await take(bench(), limitKey, { ttlMs: 1_000 })
      await clock.advance(2_000)
      await limiter.expireLeases(limitKey)
      await limiter.settle(limitKey, lease, { kind: 'rate-limited', retryAfterMs: 10_000 })
      expect(await limiter.snapshot(limitKey)).toMatchObject({ paused: { reason: 'rate-limited' } })
    })

    test('of a day is the longest that a provider can ask for', async () => {
      const { limiter } = bench()
      const limitKey = newLimitKey()
      const lease = await take(bench(), limitKey)
      await limiter.settle(limitKey, lease, { kind: 'rate-limited', retryAfterMs: 2 ** 40 })
      expect(await limiter.snapshot(limitKey)).toMatchObject({ paused: { forMs: 86_400_000 } })
    })
  })

  describe('a ramp limit', () => {
    const waitMs = async (limitKey: LimitKey): Promise<number> => {
      const answer = await bench().limiter.acquire(limitKey, attempt({ maxWaitMs: 0 }))
      return answer.outcome === 'wait' ? answer.waitMs : 0
    }

    /** Settles all of them as turned away. */
    async function refuse(
      limitKey: LimitKey,
      leases: string[],
      retryAfterMs: number,
    ): Promise<void> {
      for (const lease of leases) {
        await bench().limiter.settle(limitKey, lease, { kind: 'ramp-limited', retryAfterMs })
      }
    }

    test('halves the request rate, which comes back step by step', async () => {
      const { clock, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { requests: 6 } })
      await refuse(limitKey, [await take(bench(), limitKey)], 0)
      // The bucket holds one; a request a 10.2 s takes twice as long.
      expect(await waitMs(limitKey)).toBe(20_409)
      await clock.advance(40_000)
      await take(bench(), limitKey)
      expect(await waitMs(limitKey)).toBe(Math.ceil(60_000 / (6 * 0.98 * 0.5 * 1.15 ** 4)))
      await clock.advance(20_000)
      await take(bench(), limitKey)
      expect(await waitMs(limitKey)).toBe(Math.ceil(60_000 / (6 * 0.98)))
    })

    test('lets one start after its pause and not a bucket full of them', async () => {
      const { clock, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { requests: 600 } })
      await refuse(limitKey, [await take(bench(), limitKey)], 10_000)
      // The limiter of the test waits a twentieth longer than it is told.
      await clock.advance(10_500)
      const everyMs = 60_000 / (600 * 0.998 * 0.5)
      expect(await waitMs(limitKey)).toBe(Math.ceil(everyMs))
      await clock.advance(Math.ceil(everyMs))
      await take(bench(), limitKey)
      expect(await waitMs(limitKey)).toBeGreaterThan(everyMs - 2)
    })

    test('is one lesson for all calls that started before its pause, and the next one takes a tenth', async () => {
      const { clock, allow, limiter } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { requests: 600 } })
      await refuse(limitKey, [await take(bench(), limitKey), await take(bench(), limitKey)], 1_000)
      await clock.advance(1_050)
      expect(await waitMs(limitKey)).toBe(Math.ceil(60_000 / (600 * 0.998 * 0.5)))
      await clock.advance(1_000)
      await refuse(limitKey, [await take(bench(), limitKey)], 1_000)
      await clock.advance(1_050)
      expect(await waitMs(limitKey)).toBe(Math.ceil(60_000 / (600 * 0.998 * 0.45)))
      // It was the rate and not the calls in flight.
      expect((await limiter.snapshot(limitKey)).concurrency.limit).toBe(1_000)
    })

    test('lowers the calls in flight where no rate is known', async () => {
      const { limiter } = bench()
      const limitKey = newLimitKey()
      await refuse(limitKey, [await take(bench(), limitKey)], 0)
      expect((await limiter.snapshot(limitKey)).concurrency.limit).toBe(700)
    })
  })
}
