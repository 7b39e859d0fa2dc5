import { describe, expect, test } from 'vitest'
import type { Dimension, FailKind, Route } from '@capstan/shared/limits/types'
import { attempt, FREE, newRoute, take, type Bench } from './world.ts'

const LIMITS = {
  ...FREE,
  perMinute: { requests: 600, 'input-tokens': 1_000, 'output-tokens': 1_000, tokens: 1_000 },
}

/** Tokens (or requests) that are missing from full buckets. */
async function missing({ limiter }: Bench, route: Route): Promise<Record<string, number>> {
  const { dimensions } = await limiter.snapshot(route)
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
      const route = newRoute()
      allow(route, LIMITS)
      const usage = { inputTokens: 160, cachedTokens: 30, outputTokens: 7 }
      await limiter.settle(route, await take(bench(), route), { kind: 'answered', usage })
      expect(await missing(bench(), route)).toEqual({
        requests: 1,
        'input-tokens': 160,
        'output-tokens': 7,
        tokens: 197,
      })
    })

    test('cached tokens are input where the provider counts them', async () => {
      const { limiter, allow } = bench()
      const route = newRoute()
      allow(route, { ...LIMITS, cachedTokensCount: true })
      const usage = { inputTokens: 160, cachedTokens: 30, outputTokens: 7 }
      await limiter.settle(route, await take(bench(), route), { kind: 'answered', usage })
      expect(await missing(bench(), route)).toMatchObject({ 'input-tokens': 190, tokens: 197 })
    })

    const LEFT: [FailKind, Partial<Record<Dimension, number>>][] = [
      ['unsent', { requests: 0, 'input-tokens': 0, 'output-tokens': 0, tokens: 0 }],
      ['throttled', { requests: 1, 'input-tokens': 0, 'output-tokens': 0, tokens: 0 }],
      ['refused', { requests: 1, 'input-tokens': 0, 'output-tokens': 0, tokens: 0 }],
      ['overload', { requests: 1, 'input-tokens': 100, 'output-tokens': 50, tokens: 150 }],
      ['timeout', { requests: 1, 'input-tokens': 100, 'output-tokens': 50, tokens: 150 }],
      ['aborted', { requests: 1, 'input-tokens': 100, 'output-tokens': 50, tokens: 150 }],
    ]
    test.each(LEFT)(
      'a call that ended as %s leaves spent what it may have used',
      async (kind, left) => {
        const { limiter, allow } = bench()
        const route = newRoute()
        allow(route, LIMITS)
        await limiter.settle(route, await take(bench(), route), { kind })
        expect(await missing(bench(), route)).toEqual(left)
        expect((await limiter.snapshot(route)).concurrency.inFlight).toBe(0)
      },
    )

    test('counts once', async () => {
      const { limiter, allow } = bench()
      const route = newRoute()
      allow(route, LIMITS)
      const lease = await take(bench(), route)
      expect(await limiter.settle(route, lease, { kind: 'unsent' })).toEqual({ outcome: 'settled' })
      await take(bench(), route)
      const before = await limiter.snapshot(route)
      expect(await limiter.settle(route, lease, { kind: 'unsent' })).toEqual({ outcome: 'unknown' })
      expect(await limiter.snapshot(route)).toEqual(before)
    })

    test('a refund fills no bucket above its brim', async () => {
      const { limiter, clock, allow } = bench()
      const route = newRoute()
      allow(route, LIMITS)
      const lease = await take(bench(), route)
      await clock.advance(60_000)
      await limiter.settle(route, lease, { kind: 'unsent' })
      expect(await missing(bench(), route)).toMatchObject({ requests: 0, 'input-tokens': 0 })
    })
  })

  describe('a lease', () => {
    test('that ran out gives its slot back and keeps its tokens spent', async () => {
      const { limiter, clock, allow } = bench()
      const route = newRoute()
      allow(route, { ...FREE, perMinute: { tokens: 100_000 }, concurrency: { start: 1, max: 1 } })
      const dead = await take(bench(), route, { ttlMs: 5_000, maxOutputTokens: 20_000 })
      await clock.advance(4_999)
      const waiting = attempt()
      expect(await limiter.acquire(route, waiting)).toMatchObject({ because: 'concurrency' })
      await clock.advance(1)
      expect(await limiter.acquire(route, waiting)).toMatchObject({ outcome: 'granted' })
      // 20,100 and 150 were taken; 5 s gave back a twelfth of 99,800.
      const spent = (await missing(bench(), route))['tokens']
      expect(spent).toBeCloseTo(20_100 - 99_800 / 12 + 150, 6)
      // Its owner was only slow.
      const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 }
      const late = await limiter.settle(route, dead, { kind: 'answered', usage })
      expect(late).toEqual({ outcome: 'unknown' })
      expect((await missing(bench(), route))['tokens']).toBe(spent)
    })

    test('is swept also when nobody asks for a turn', async () => {
      const { limiter, clock, redis, keys } = bench()
      const route = newRoute()
      await take(bench(), route, { ttlMs: 5_000 })
      await take(bench(), route, { ttlMs: 9_000 })
      await clock.advance(6_000)
      expect((await limiter.snapshot(route)).concurrency.inFlight).toBe(1)
      expect(await limiter.sweep(route)).toBe(1)
      expect(await limiter.sweep(route)).toBe(0)
      expect(await limiter.snapshot(route)).toMatchObject({ lostLeases: 1 })
      expect(await redis.hlen(keys.limits(route.account, route.group, 'reservations'))).toBe(1)
    })
  })

  describe('a pause', () => {
    test('is as long as the longest one asked for, whatever the order', async () => {
      const { limiter, clock } = bench()
      const route = newRoute()
      await take(bench(), route)
      await limiter.pause(route, 9_000, 'first')
      await limiter.pause(route, 60_000, 'longest')
      await limiter.pause(route, 3_000, 'last')
      await clock.advance(9_000)
      expect(await limiter.snapshot(route)).toMatchObject({
        paused: { forMs: 51_000, reason: 'longest' },
      })
      await limiter.resume(route)
      expect(await limiter.acquire(route, attempt())).toMatchObject({ outcome: 'granted' })
    })

    test('follows a 429 and is a little longer than asked for', async () => {
      const { limiter } = bench()
      const route = newRoute()
      const lease = await take(bench(), route)
      await limiter.settle(route, lease, { kind: 'throttled', retryAfterMs: 10_000 })
      expect(await limiter.acquire(route, attempt())).toEqual({
        outcome: 'wait',
        waitMs: 10_500,
        because: 'paused',
      })
    })

    test('follows a 429 also when its lease has run out', async () => {
      const { limiter, clock } = bench()
      const route = newRoute()
      const lease = await take(bench(), route, { ttlMs: 1_000 })
      await clock.advance(2_000)
      await limiter.sweep(route)
      await limiter.settle(route, lease, { kind: 'throttled', retryAfterMs: 10_000 })
      expect(await limiter.snapshot(route)).toMatchObject({ paused: { reason: 'throttled' } })
    })

    test('of a day is the longest that a provider can ask for', async () => {
      const { limiter } = bench()
      const route = newRoute()
      const lease = await take(bench(), route)
      await limiter.settle(route, lease, { kind: 'throttled', retryAfterMs: 2 ** 40 })
      expect(await limiter.snapshot(route)).toMatchObject({ paused: { forMs: 86_400_000 } })
    })
  })

  describe('a ramp limit', () => {
    const waitMs = async (route: Route): Promise<number> => {
      const answer = await bench().limiter.acquire(route, attempt({ patienceMs: 0 }))
      return answer.outcome === 'wait' ? answer.waitMs : 0
    }

    /** Settles all of them as turned away. */
    async function refuse(route: Route, leases: string[], retryAfterMs: number): Promise<void> {
      for (const lease of leases) {
        await bench().limiter.settle(route, lease, { kind: 'ramp', retryAfterMs })
      }
    }

    test('halves the request rate, which comes back step by step', async () => {
      const { clock, allow } = bench()
      const route = newRoute()
      allow(route, { ...FREE, perMinute: { requests: 6 } })
      await refuse(route, [await take(bench(), route)], 0)
      // The bucket holds one; a request a 10.2 s takes twice as long.
      expect(await waitMs(route)).toBe(20_409)
      await clock.advance(40_000)
      await take(bench(), route)
      expect(await waitMs(route)).toBe(Math.ceil(60_000 / (6 * 0.98 * 0.5 * 1.15 ** 4)))
      await clock.advance(20_000)
      await take(bench(), route)
      expect(await waitMs(route)).toBe(Math.ceil(60_000 / (6 * 0.98)))
    })

    test('lets one start after its pause and not a bucket full of them', async () => {
      const { clock, allow } = bench()
      const route = newRoute()
      allow(route, { ...FREE, perMinute: { requests: 600 } })
      await refuse(route, [await take(bench(), route)], 10_000)
      // The limiter of the test waits a twentieth longer than it is told.
      await clock.advance(10_500)
      const everyMs = 60_000 / (600 * 0.998 * 0.5)
      expect(await waitMs(route)).toBe(Math.ceil(everyMs))
      await clock.advance(Math.ceil(everyMs))
      await take(bench(), route)
      expect(await waitMs(route)).toBeGreaterThan(everyMs - 2)
    })

    test('is one lesson for all calls that started before its pause, and the next one takes a tenth', async () => {
      const { clock, allow, limiter } = bench()
      const route = newRoute()
      allow(route, { ...FREE, perMinute: { requests: 600 } })
      await refuse(route, [await take(bench(), route), await take(bench(), route)], 1_000)
      await clock.advance(1_050)
      expect(await waitMs(route)).toBe(Math.ceil(60_000 / (600 * 0.998 * 0.5)))
      await clock.advance(1_000)
      await refuse(route, [await take(bench(), route)], 1_000)
      await clock.advance(1_050)
      expect(await waitMs(route)).toBe(Math.ceil(60_000 / (600 * 0.998 * 0.45)))
      // It was the rate and not the calls in flight.
      expect((await limiter.snapshot(route)).concurrency.limit).toBe(1_000)
    })

    test('lowers the calls in flight where no rate is known', async () => {
      const { limiter } = bench()
      const route = newRoute()
      await refuse(route, [await take(bench(), route)], 0)
      expect((await limiter.snapshot(route)).concurrency.limit).toBe(700)
    })
  })
}
