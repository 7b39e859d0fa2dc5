import { describe, expect, test } from 'vitest'
import type { Usage } from '@capstan/shared/contract/usage'
import type { Dimension, ObservedLimits } from '@capstan/shared/contract/observed-limits'
import type { LimitKey } from '@capstan/limits/types'
import { attempt, FREE, newLimitKey, take, type LimiterFixtures } from './limiter-fixtures.ts'

const seen = (limit: number, remaining: number, roundedTo = 1): ObservedLimits => ({
  'input-tokens': { limit, remaining, roundedTo },
})

async function state(
  { limiter }: LimiterFixtures,
  limitKey: LimitKey,
  dimension: Dimension = 'input-tokens',
) {
  return (await limiter.snapshot(limitKey)).dimensions[dimension]
}

export function learningSuite(fixtures: () => LimiterFixtures): void {
  /** Makes one call of 100 tokens, answered with these headers. */
  async function call(limitKey: LimitKey, observed: ObservedLimits, tookMs = 0): Promise<void> {
    const lease = await take(fixtures(), limitKey)
    await fixtures().clock.advance(tookMs)
    const usage = { inputTokens: 100, cachedTokens: 0, outputTokens: 50 }
    await fixtures().limiter.settle(limitKey, lease, { kind: 'answered', usage, observed })
  }

  describe('header sync', () => {
    test('a limit in headers applies without configuration', async () => {
      const { limiter } = fixtures()
      const limitKey = newLimitKey()
      const others = [await take(fixtures(), limitKey), await take(fixtures(), limitKey)]
      await call(limitKey, seen(10_000, 2_000))
      expect(await state(fixtures(), limitKey)).toEqual({
        limit: 10_000,
        configured: null,
        observed: 10_000,
        capacity: 9_900,
        // A hundred stay free as the margin for network latency.
        available: 1_900,
      })
      for (const lease of others) await limiter.settle(limitKey, lease, { kind: 'unsent' })
      expect((await state(fixtures(), limitKey))?.available).toBe(2_100)
    })

    test('a limit that the provider enforces over seconds is synchronized by what is left', async () => {
      const limitKey = newLimitKey()
      // 10,000 per minute, enforced over ten seconds: 1,500 of 1,666 are left.
      await call(limitKey, seen(10_000, 1_500))
      expect((await state(fixtures(), limitKey))?.available).toBe(1_400)
    })

    test('calls in flight count as used from a limit that was just learned', async () => {
      const limitKey = newLimitKey()
      for (let n = 0; n < 5; n += 1) await take(fixtures(), limitKey, { characters: 4_000 })
      await call(limitKey, seen(10_000, 10_000))
      expect((await state(fixtures(), limitKey))?.available).toBe(9_900 - 5_000)
    })

    test('obeys the lower one of what the operator and the provider allow', async () => {
      const { allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 10_000 } })
      await call(limitKey, seen(20_000, 20_000))
      expect(await state(fixtures(), limitKey)).toMatchObject({ limit: 10_000, observed: 20_000 })
      await call(limitKey, seen(5_000, 5_000))
      expect(await state(fixtures(), limitKey)).toMatchObject({ limit: 5_000, configured: 10_000 })
    })

    test('believes at once that less is left, as far as the rounding allows', async () => {
      const { allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 10_000 } })
      await call(limitKey, seen(10_000, 3_000, 1_000))
      // 3,499 may be rounded to 3,000, and the call of 100 tokens was counted by its estimate.
      expect((await state(fixtures(), limitKey))?.available).toBe(3_500 + 15)
    })

    test('from the third reading on the bucket is raised by a fifth of the difference', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 10_000 } })
      const lease = await take(fixtures(), limitKey, { characters: 20_000 })
      await limiter.settle(limitKey, lease, { kind: 'aborted' })
      await limiter.observe(limitKey, seen(10_000, 8_000))
      await limiter.observe(limitKey, seen(10_000, 8_000))
      expect((await state(fixtures(), limitKey))?.available).toBe(4_900)
      await limiter.observe(limitKey, seen(10_000, 8_000))
      // We count 5,000 as used, the provider 2,000.
      expect((await state(fixtures(), limitKey))?.available).toBe(4_900 + 600)
    })

    test('a configured limit below the provider limit is not raised by headers', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 5_000 } })
      await take(fixtures(), limitKey, { characters: 4_000 })
      for (let n = 0; n < 9; n += 1) await limiter.observe(limitKey, seen(100_000, 100_000))
      expect((await state(fixtures(), limitKey))?.available).toBe(3_950)
    })

    test('`remaining` as of arrival and as of the answer are both accepted', async () => {
      const { clock, limiter, allow } = fixtures()
      const usage = { inputTokens: 1_000, cachedTokens: 0, outputTokens: 50 }
      for (const atArrival of [true, false]) {
        const limitKey = newLimitKey()
        allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 60_000 } })
        const ours = await take(fixtures(), limitKey, { characters: 4_000 })
        const arrived = (await state(fixtures(), limitKey))!.available
        for (let n = 0; n < 40; n += 1) await take(fixtures(), limitKey, { characters: 4_000 })
        await clock.advance(5_000)
        const before = (await state(fixtures(), limitKey))!.available
        const observed = seen(60_000, Math.floor(atArrival ? arrived : before))
        await limiter.settle(limitKey, ours, { kind: 'answered', usage, observed })
        expect((await state(fixtures(), limitKey))!.available).toBeCloseTo(before, 0)
      }
    })

    test('many answers with the same headers correct the bucket level once', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 60_000 } })
      const leases = []
      for (let n = 0; n < 20; n += 1) leases.push(await take(fixtures(), limitKey))
      // Another client used 30,000.
      const usage = { inputTokens: 100, cachedTokens: 0, outputTokens: 50 }
      for (const lease of leases) {
        await limiter.settle(limitKey, lease, {
          kind: 'answered',
          usage,
          observed: seen(60_000, 28_000),
        })
      }
      // One correction, not twenty. 2,000 tokens were estimates at first.
      expect((await state(fixtures(), limitKey))!.available).toBeGreaterThan(25_000)
      expect((await state(fixtures(), limitKey))!.available).toBeLessThanOrEqual(28_000 + 300)
    })

    test('calls in flight do not count as remaining tokens', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 60_000 } })
      const leases = []
      for (let n = 0; n < 30; n += 1) leases.push(await take(fixtures(), limitKey))
      // The provider has counted only this call when it answers.
      for (const lease of leases.reverse()) {
        const observed = seen(60_000, 59_900)
        await limiter.settle(limitKey, lease, { kind: 'aborted', observed })
        if (lease === leases[26]) break
      }
      expect((await state(fixtures(), limitKey))!.available).toBe(59_400 - 3_000)
    })

    test('a limit of zero or less in headers is ignored', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 10_000 } })
      await call(limitKey, { requests: { limit: 0, remaining: 0, roundedTo: 1 }, ...seen(-5, -1) })
      expect(await state(fixtures(), limitKey)).toMatchObject({ observed: null })
      expect((await limiter.snapshot(limitKey)).dimensions.requests).toBeUndefined()
    })
  })

  test('new configured limits keep the usage', async () => {
    const { limiter, allow } = fixtures()
    const limitKey = newLimitKey()
    allow(limitKey, { ...FREE, perMinute: { 'input-tokens': 10_000 } })
    await take(fixtures(), limitKey, { characters: 8_000 })
    await limiter.configure(limitKey, { ...FREE, perMinute: { 'input-tokens': 5_000 } })
    expect((await state(fixtures(), limitKey))?.available).toBe(4_950 - 2_000)
  })

  describe('the estimates', () => {
    test('the estimates converge to the actual usage', async () => {
      const { limiter } = fixtures()
      const limitKey = newLimitKey()
      // 3.2 characters per token, 600 cached prompt tokens, half of the answers with 200 tokens.
      for (let n = 0; n < 100; n += 1) {
        const lease = await take(fixtures(), limitKey, {
          characters: 6_400,
          maxOutputTokens: 4_000,
        })
        const usage = { inputTokens: 1_400, cachedTokens: 600, outputTokens: 150 + (n % 3) * 50 }
        await limiter.settle(limitKey, lease, { kind: 'answered', usage })
      }
      const { estimate } = await limiter.snapshot(limitKey)
      expect(estimate.charactersPerToken).toBeCloseTo(3.2, 1)
      expect(estimate.cachedTokens).toBeCloseTo(600, 0)
      const asked = await limiter.acquire(limitKey, {
        lease: 'one',
        characters: 6_400,
        maxOutputTokens: 4_000,
        ttlMs: 1_000,
        maxWaitMs: 0,
        pollMs: 0,
      })
      const reserved = asked.outcome === 'granted' ? asked.reserved : undefined
      expect(Math.abs(reserved!['input-tokens'] - 1_400)).toBeLessThan(20)
      // 75th percentile of 150, 200 and 250.
      expect(reserved!['output-tokens']).toBeGreaterThan(180)
      expect(reserved!['output-tokens']).toBeLessThan(290)
    })

    test('a quarter of the answers exceeds the output estimate, for any deviation', async () => {
      const { limiter } = fixtures()
      const limitKey = newLimitKey()
      let longer = 0
      const ROUNDS = 600
      for (let n = 0; n < ROUNDS; n += 1) {
        // Evenly spread by the golden ratio, so that runs are repeatable.
        const outputTokens = Math.round(100 * Math.exp(1.5 * ((n * 0.618_034) % 1)))
        const lease = await take(fixtures(), limitKey, { maxOutputTokens: 4_000 })
        const { estimate } = await limiter.snapshot(limitKey)
        if (n >= 100 && outputTokens > estimate.outputTokens) longer += 1
        await limiter.settle(limitKey, lease, {
          kind: 'answered',
          usage: { inputTokens: 100, cachedTokens: 0, outputTokens },
        })
      }
      expect(longer / (ROUNDS - 100)).toBeGreaterThan(0.2)
      expect(longer / (ROUNDS - 100)).toBeLessThan(0.3)
    })

    test('estimated usage settles the buckets and does not train the estimates', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { tokens: 100_000 } })
      const before = await limiter.snapshot(limitKey)
      const usage = { inputTokens: 900, cachedTokens: 50, outputTokens: 30, estimatedTokens: 30 }
      const lease = await take(fixtures(), limitKey, { characters: 6_400 })
      await limiter.settle(limitKey, lease, { kind: 'answered', usage })
      const { estimate, dimensions, latency } = await limiter.snapshot(limitKey)
      expect(estimate).toEqual(before.estimate)
      expect(latency).not.toBeNull()
      const { capacity = 0, available = 0 } = dimensions.tokens ?? {}
      expect(capacity - available).toBe(980)
    })

    test('multi-type prompts have estimates of their own', async () => {
      const { limiter } = fixtures()
      const limitKey = newLimitKey()
      const call = async (types: number, usage: Usage): Promise<void> => {
        const lease = await take(fixtures(), limitKey, { types, characters: 6_400 })
        await limiter.settle(limitKey, lease, { kind: 'answered', usage })
      }
      for (let n = 0; n < 60; n += 1) {
        await call(1, { inputTokens: 1_000, cachedTokens: 600, outputTokens: 200 })
      }
      const before = await limiter.snapshot(limitKey)
      for (let n = 0; n < 60; n += 1) {
        await call(5, { inputTokens: 1_300, cachedTokens: 300, outputTokens: 500 })
      }
      const after = await limiter.snapshot(limitKey)
      expect(after.estimate.outputTokens).toBe(before.estimate.outputTokens)
      expect(after.estimate.cachedTokens).toBe(before.estimate.cachedTokens)
      expect(after.latency).toEqual(before.latency)
      const asked = await limiter.acquire(
        limitKey,
        attempt({ types: 5, characters: 6_400, maxOutputTokens: 4_000 }),
      )
      const reserved = asked.outcome === 'granted' ? asked.reserved : undefined
      expect(reserved?.['input-tokens']).toBe(1_301)
      expect(Math.abs(reserved!['output-tokens'] - 500)).toBeLessThan(50)
    })

    test('an implausible token count of a provider does not disable the limits', async () => {
      const { limiter } = fixtures()
      const limitKey = newLimitKey()
      for (let n = 0; n < 50; n += 1) {
        const lease = await take(fixtures(), limitKey, { characters: 100_000 })
        await limiter.settle(limitKey, lease, {
          kind: 'answered',
          usage: { inputTokens: 1, cachedTokens: 0, outputTokens: 1 },
        })
      }
      expect((await limiter.snapshot(limitKey)).estimate.charactersPerToken).toBe(12)
    })
  })
}
