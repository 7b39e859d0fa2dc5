import { describe, expect, test } from 'vitest'
import type { Dimension } from '@capstan/shared/contract/observed-limits'
import type { CallFailureKind, LimitKey } from '@capstan/limits/types'
import { attempt, FREE, newLimitKey, take, type LimiterFixtures } from './limiter-fixtures.ts'

const LIMITS = {
  ...FREE,
  perMinute: { requests: 600, 'input-tokens': 1_000, 'output-tokens': 1_000, tokens: 1_000 },
}

/** Tokens (or requests) used from full buckets. */
async function missing(
  { limiter }: LimiterFixtures,
  limitKey: LimitKey,
): Promise<Record<string, number>> {
  const { dimensions } = await limiter.snapshot(limitKey)
  return Object.fromEntries(
    Object.entries(dimensions).map(([name, { capacity, available }]) => [
      name,
      capacity - available,
    ]),
  )
}

export function settleSuite(fixtures: () => LimiterFixtures): void {
  describe('settle', () => {
    test('settle replaces the estimate by the actual usage, higher or lower', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, LIMITS)
      const usage = { inputTokens: 160, cachedTokens: 30, outputTokens: 7 }
      await limiter.settle(limitKey, await take(fixtures(), limitKey), { kind: 'answered', usage })
      expect(await missing(fixtures(), limitKey)).toEqual({
        requests: 1,
        'input-tokens': 160,
        'output-tokens': 7,
        tokens: 197,
      })
    })

    test('cached tokens count as input if the provider counts them', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...LIMITS, cachedTokensCount: true })
      const usage = { inputTokens: 160, cachedTokens: 30, outputTokens: 7 }
      await limiter.settle(limitKey, await take(fixtures(), limitKey), { kind: 'answered', usage })
      expect(await missing(fixtures(), limitKey)).toMatchObject({
        'input-tokens': 190,
        tokens: 197,
      })
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
      'an outcome of %s keeps spent what the call may have used',
      async (kind, left) => {
        const { limiter, allow } = fixtures()
        const limitKey = newLimitKey()
        allow(limitKey, LIMITS)
        await limiter.settle(limitKey, await take(fixtures(), limitKey), { kind })
        expect(await missing(fixtures(), limitKey)).toEqual(left)
        expect((await limiter.snapshot(limitKey)).concurrency.inFlight).toBe(0)
      },
    )

    test('a repeated settle command has no effect', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, LIMITS)
      const lease = await take(fixtures(), limitKey)
      expect(await limiter.settle(limitKey, lease, { kind: 'unsent' })).toEqual({
        outcome: 'settled',
      })
      await take(fixtures(), limitKey)
      const before = await limiter.snapshot(limitKey)
      expect(await limiter.settle(limitKey, lease, { kind: 'unsent' })).toEqual({
        outcome: 'unknown',
      })
      expect(await limiter.snapshot(limitKey)).toEqual(before)
    })

    test('a refund fills no bucket above its capacity', async () => {
      const { limiter, clock, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, LIMITS)
      const lease = await take(fixtures(), limitKey)
      await clock.advance(60_000)
      await limiter.settle(limitKey, lease, { kind: 'unsent' })
      expect(await missing(fixtures(), limitKey)).toMatchObject({ requests: 0, 'input-tokens': 0 })
    })
  })

  describe('a lease', () => {
    test('an expired lease frees its slot and keeps its tokens spent', async () => {
      const { limiter, clock, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, {
        ...FREE,
        perMinute: { tokens: 100_000 },
        concurrency: { start: 1, max: 1 },
      })
      const dead = await take(fixtures(), limitKey, { ttlMs: 5_000, maxOutputTokens: 20_000 })
      await clock.advance(4_999)
      const waiting = attempt()
      expect(await limiter.acquire(limitKey, waiting)).toMatchObject({ because: 'concurrency' })
      await clock.advance(1)
      expect(await limiter.acquire(limitKey, waiting)).toMatchObject({ outcome: 'granted' })
      // 20,100 and 150 were used; 5 s refilled a twelfth of 99,800.
      const spent = (await missing(fixtures(), limitKey))['tokens']
      expect(spent).toBeCloseTo(20_100 - 99_800 / 12 + 150, 6)
      // The owner was slow, not dead.
      const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 }
      const late = await limiter.settle(limitKey, dead, { kind: 'answered', usage })
      expect(late).toEqual({ outcome: 'unknown' })
      expect((await missing(fixtures(), limitKey))['tokens']).toBe(spent)
    })

    test('expireLeases frees slots without an acquire command', async () => {
      const { limiter, clock, redis, keys } = fixtures()
      const limitKey = newLimitKey()
      await take(fixtures(), limitKey, { ttlMs: 5_000 })
      await take(fixtures(), limitKey, { ttlMs: 9_000 })
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
    test('the longest of several pauses applies, in any order', async () => {
      const { limiter, clock } = fixtures()
      const limitKey = newLimitKey()
      await take(fixtures(), limitKey)
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

    test('a 429 pauses for a little longer than its Retry-After', async () => {
      const { limiter } = fixtures()
      const limitKey = newLimitKey()
      const lease = await take(fixtures(), limitKey)
      await limiter.settle(limitKey, lease, { kind: 'rate-limited', retryAfterMs: 10_000 })
      expect(await limiter.acquire(limitKey, attempt())).toEqual({
        outcome: 'wait',
        waitMs: 10_500,
        because: 'paused',
      })
    })

    test('a 429 pauses even if its lease has expired', async () => {
      const { limiter, clock } = fixtures()
      const limitKey = newLimitKey()
      const lease = await take(fixtures(), limitKey, { ttlMs: 1_000 })
      await clock.advance(2_000)
      await limiter.expireLeases(limitKey)
      await limiter.settle(limitKey, lease, { kind: 'rate-limited', retryAfterMs: 10_000 })
      expect(await limiter.snapshot(limitKey)).toMatchObject({ paused: { reason: 'rate-limited' } })
    })

    test('a Retry-After is bounded to one day', async () => {
      const { limiter } = fixtures()
      const limitKey = newLimitKey()
      const lease = await take(fixtures(), limitKey)
      await limiter.settle(limitKey, lease, { kind: 'rate-limited', retryAfterMs: 2 ** 40 })
      expect(await limiter.snapshot(limitKey)).toMatchObject({ paused: { forMs: 86_400_000 } })
    })
  })

  describe('a ramp limit', () => {
    const waitMs = async (limitKey: LimitKey): Promise<number> => {
      const answer = await fixtures().limiter.acquire(limitKey, attempt({ maxWaitMs: 0 }))
      return answer.outcome === 'wait' ? answer.waitMs : 0
    }

    /** Settles all leases as ramp-limited. */
    async function refuse(
      limitKey: LimitKey,
      leases: string[],
      retryAfterMs: number,
    ): Promise<void> {
      for (const lease of leases) {
        await fixtures().limiter.settle(limitKey, lease, { kind: 'ramp-limited', retryAfterMs })
      }
    }

    test('a ramp limit halves the request rate, which recovers in steps', async () => {
      const { clock, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { requests: 6 } })
      await refuse(limitKey, [await take(fixtures(), limitKey)], 0)
      // The bucket holds one request; at half the rate a request takes twice 10.2 s.
      expect(await waitMs(limitKey)).toBe(20_409)
      await clock.advance(40_000)
      await take(fixtures(), limitKey)
      expect(await waitMs(limitKey)).toBe(Math.ceil(60_000 / (6 * 0.98 * 0.5 * 1.15 ** 4)))
      await clock.advance(20_000)
      await take(fixtures(), limitKey)
      expect(await waitMs(limitKey)).toBe(Math.ceil(60_000 / (6 * 0.98)))
    })

    test('one call starts after the pause of a ramp limit, not a full bucket', async () => {
      const { clock, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { requests: 600 } })
      await refuse(limitKey, [await take(fixtures(), limitKey)], 10_000)
      // The limiter of the test pauses 5 % longer than stated.
      await clock.advance(10_500)
      const everyMs = 60_000 / (600 * 0.998 * 0.5)
      expect(await waitMs(limitKey)).toBe(Math.ceil(everyMs))
      await clock.advance(Math.ceil(everyMs))
      await take(fixtures(), limitKey)
      expect(await waitMs(limitKey)).toBeGreaterThan(everyMs - 2)
    })

    test('calls that started before the pause share one ramp limit, and the next one takes a tenth', async () => {
      const { clock, allow, limiter } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { requests: 600 } })
      await refuse(
        limitKey,
        [await take(fixtures(), limitKey), await take(fixtures(), limitKey)],
        1_000,
      )
      await clock.advance(1_050)
      expect(await waitMs(limitKey)).toBe(Math.ceil(60_000 / (600 * 0.998 * 0.5)))
      await clock.advance(1_000)
      await refuse(limitKey, [await take(fixtures(), limitKey)], 1_000)
      await clock.advance(1_050)
      expect(await waitMs(limitKey)).toBe(Math.ceil(60_000 / (600 * 0.998 * 0.45)))
      // The rate was the cause, not the concurrency.
      expect((await limiter.snapshot(limitKey)).concurrency.limit).toBe(1_000)
    })

    test('a ramp limit decreases the concurrency limit if no request limit is known', async () => {
      const { limiter } = fixtures()
      const limitKey = newLimitKey()
      await refuse(limitKey, [await take(fixtures(), limitKey)], 0)
      expect((await limiter.snapshot(limitKey)).concurrency.limit).toBe(700)
    })
  })
}
