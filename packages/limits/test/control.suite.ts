import { describe, expect, test } from 'vitest'
import { parseProviderEvent } from '@capstan/limits/limiter/provider-events'
import type { CallOutcome, CallFailureKind, LimitKey } from '@capstan/limits/types'
import { attempt, FREE, newLimitKey, take, type Bench } from './world.ts'

const USAGE = { inputTokens: 100, cachedTokens: 0, outputTokens: 50 }

async function answered(bench: Bench, limitKey: LimitKey, tookMs = 0): Promise<void> {
  const lease = await take(bench, limitKey)
  await bench.clock.advance(tookMs)
  await bench.limiter.settle(limitKey, lease, { kind: 'answered', usage: USAGE })
}

async function failed(bench: Bench, limitKey: LimitKey, kind: CallFailureKind = 'overload') {
  return bench.limiter.settle(limitKey, await take(bench, limitKey), { kind, retryAfterMs: 0 })
}

async function limitOf({ limiter }: Bench, limitKey: LimitKey): Promise<number> {
  return (await limiter.snapshot(limitKey)).concurrency.limit
}

export function controlSuite(bench: () => Bench): void {
  describe('concurrency', () => {
    const limits = { ...FREE, concurrency: { start: 8, max: 12 } }

    /** Settles one call while `others` more are in flight. */
    async function settleAmong(limitKey: LimitKey, others: number): Promise<number> {
      const leases = []
      for (let n = 0; n <= others; n += 1) leases.push(await take(bench(), limitKey))
      const [last, ...rest] = leases
      const { limiter } = bench()
      await limiter.settle(limitKey, last!, { kind: 'answered', usage: USAGE })
      const after = await limitOf(bench(), limitKey)
      for (const lease of rest) await limiter.settle(limitKey, lease, { kind: 'unsent' })
      return after
    }

    test('grows by one an answer until the first drop, then by one a round', async () => {
      const { allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      expect(await settleAmong(limitKey, 7)).toBe(9)
      await overload(limitKey)
      expect(await limitOf(bench(), limitKey)).toBeCloseTo(6.3)
      expect(await settleAmong(limitKey, 5)).toBeCloseTo(6.3 + 1 / 6.3)
    })

    /**
     * Twenty calls that are alone are answered. Then as many run as may, and the last three that started fail: calls fail the
     * more often the more are in flight.
     */
    async function overload(
      limitKey: LimitKey,
      {
        kind = 'overload' as CallFailureKind,
        failing = 3,
        ...facts
      }: Partial<CallOutcome> & { failing?: number } = {},
    ): Promise<void> {
      const { limiter, clock } = bench()
      for (let n = 0; n < 20; n += 1) await answered(bench(), limitKey, 1_000)
      const most = Math.floor(await limitOf(bench(), limitKey))
      const leases = await takeSome(limitKey, most)
      // Too late to have been refused at the door.
      await clock.advance(900)
      for (const [index, lease] of leases.splice(most - failing).entries()) {
        // Five failures in a row would open the breaker.
        if (index > 0 && index % 4 === 0) await end(limitKey, leases.splice(0, 1), 'answered')
        await limiter.settle(limitKey, lease, { kind, retryAfterMs: 0, ...facts })
      }
      for (const lease of leases) await limiter.settle(limitKey, lease, { kind: 'unsent' })
      // The next drop is of another generation.
      await clock.advance(5_000)
    }

    async function growTo(limitKey: LimitKey, calls: number): Promise<void> {
      for (let n = 0; n < 300 && (await limitOf(bench(), limitKey)) < calls; n += 1) {
        await settleAmong(limitKey, Math.floor(await limitOf(bench(), limitKey)) - 1)
      }
    }

    test('two drops at the same number of calls are a ceiling that is not tried again soon', async () => {
      const { allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 8, max: 50 } })
      await overload(limitKey)
      await growTo(limitKey, 8)
      await overload(limitKey)
      for (let n = 0; n < 40; n += 1) await settleAmong(limitKey, 4)
      // Six were in flight when it was known.
      expect(await limitOf(bench(), limitKey)).toBe(5)
    })

    test('a ceiling is tried again when it is old, and kept when that fails', async () => {
      const { allow, clock } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 8, max: 50 } })
      await overload(limitKey)
      await growTo(limitKey, 8)
      await overload(limitKey)
      // What one generation has shown is tried soon.
      await clock.advance(20_000)
      await growTo(limitKey, 6)
      await overload(limitKey)
      expect(await limitOf(bench(), limitKey)).toBe(5)
      // Once found to be right it is believed for long.
      await clock.advance(500_000)
      for (let n = 0; n < 20; n += 1) await settleAmong(limitKey, 4)
      expect(await limitOf(bench(), limitKey)).toBe(5)
      await clock.advance(100_001)
      await growTo(limitKey, 12)
      // Nobody stood in the way, so it is no ceiling any more.
      expect(await limitOf(bench(), limitKey)).toBeGreaterThanOrEqual(12)
    })

    test('does not grow while half of it is idle, nor above its ceiling', async () => {
      const { allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      expect(await settleAmong(limitKey, 2)).toBe(8)
      for (let n = 0; n < 6; n += 1) await settleAmong(limitKey, 7)
      expect(await limitOf(bench(), limitKey)).toBe(12)
    })

    test('drops once for all calls that failed together', async () => {
      const { allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      await overload(limitKey, { failing: 4, kind: 'timeout' })
      expect(await limitOf(bench(), limitKey)).toBeCloseTo(5.6)
    })

    test('is left alone by failures that come whatever the load, also one after the other', async () => {
      const { clock, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      for (let n = 0; n < 100; n += 1) {
        const leases = await takeSome(limitKey, 8)
        // One of the eight, each in turn.
        const [failing] = leases.splice(n % 8, 1)
        await clock.advance(1_000)
        await end(limitKey, failing ? [failing] : [], 'overload')
        await end(limitKey, leases, 'answered')
      }
      expect(await limitOf(bench(), limitKey)).toBe(12)
      expect((await bench().limiter.snapshot(limitKey)).concurrency.decreaseReason).toBeNull()
    })

    test('drops when most calls of a generation fail, but not below four while nothing speaks for the load', async () => {
      const { clock, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 40, max: 40 } })
      const seen = []
      for (let n = 0; n < 12; n += 1) {
        const leases = await takeSome(limitKey, Math.floor(await limitOf(bench(), limitKey)))
        await clock.advance(1_000)
        // Three of seven: less than half, so that the breaker stays closed.
        for (const [index, lease] of leases.entries()) {
          await end(limitKey, [lease], [1, 3, 5].includes(index % 7) ? 'overload' : 'answered')
        }
        await clock.advance(5_001)
        seen.push(await limitOf(bench(), limitKey))
      }
      expect(Math.min(...seen)).toBeGreaterThanOrEqual(4)
      // The first call made the limit key known.
      expect(seen[1]).toBeCloseTo(28, 0)
    })

    test('is never learned to be lower than what was answered together in the last five minutes', async () => {
      const { clock, allow, limiter } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 30, max: 30 } })
      // The second one is counted: all thirty are in flight when the first ends.
      for (let n = 0; n < 2; n += 1) {
        const leases = await takeSome(limitKey, 30)
        await clock.advance(1_000)
        await end(limitKey, leases, 'answered')
      }
      await overload(limitKey, { failing: 10 })
      await growTo(limitKey, 19)
      await overload(limitKey, { failing: 10 })
      await clock.advance(20_000)
      await growTo(limitKey, 28)
      expect(await limitOf(bench(), limitKey)).toBeGreaterThanOrEqual(28)
      expect((await limiter.snapshot(limitKey)).concurrency.decreaseReason).toBe('overload')
    })

    test('names the failure that lowered it', async () => {
      const { limiter, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      await overload(limitKey, { cause: 'Anthropic is overloaded (529)' })
      const { concurrency } = await limiter.snapshot(limitKey)
      expect(concurrency.decreaseReason).toBe('Anthropic is overloaded (529)')
    })

    test('is not lowered by probes, and finds the way back as fast as at the start', async () => {
      const { limiter, clock, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      for (let n = 0; n < 5; n += 1) await failed(bench(), limitKey)
      const inOutage = await limitOf(bench(), limitKey)
      for (let n = 0; n < 4; n += 1) {
        await clock.advance(8_000)
        await failed(bench(), limitKey)
      }
      expect(await limitOf(bench(), limitKey)).toBe(inOutage)
      await clock.advance(8_000)
      await answered(bench(), limitKey)
      await answered(bench(), limitKey)
      expect((await limiter.snapshot(limitKey)).breaker.state).toBe('closed')
      expect(await settleAmong(limitKey, Math.floor(inOutage) - 1)).toBeCloseTo(inOutage + 1)
    })

    /** Fails or answers calls that are under way. */
    async function end(
      limitKey: LimitKey,
      leases: string[],
      kind: 'answered' | 'overload' | 'aborted',
    ): Promise<void> {
      const usage = kind === 'answered' ? USAGE : undefined
      for (const lease of leases) {
        await bench().limiter.settle(limitKey, lease, { kind, usage, retryAfterMs: 0 })
      }
    }

    async function takeSome(limitKey: LimitKey, calls: number): Promise<string[]> {
      const leases = []
      for (let n = 0; n < calls; n += 1) leases.push(await take(bench(), limitKey))
      return leases
    }

    /** Both probes are granted, then both end so. */
    async function probe(limitKey: LimitKey, kind: 'answered' | 'overload'): Promise<void> {
      await bench().clock.advance(8_000)
      await end(limitKey, await takeSome(limitKey, 2), kind)
    }

    /**
     * So many calls are under way and are answered; whoever starts after them is turned away at once, until the breaker opens.
     * `early` of them are answered between the first and the second that is turned away. Answers what there was before.
     */
    async function breakDown(limitKey: LimitKey, calls: number, early: number): Promise<number> {
      const { allow, clock, limiter } = bench()
      allow(limitKey, { ...FREE, concurrency: { start: 50, max: 1_000 } })
      const old = await takeSome(limitKey, calls)
      await clock.advance(2_500)
      await end(limitKey, old.splice(0, 3), 'answered')
      const before = await limitOf(bench(), limitKey)
      await end(limitKey, await takeSome(limitKey, 1), 'overload')
      await end(limitKey, old.splice(0, early), 'answered')
      await end(limitKey, await takeSome(limitKey, 2), 'overload')
      const last = await takeSome(limitKey, 7)
      await end(limitKey, old.splice(0, 1), 'answered')
      await end(limitKey, last, 'overload')
      await end(limitKey, old, 'answered')
      expect((await limiter.snapshot(limitKey)).breaker.state).toBe('open')
      return before
    }

    test.each([
      [10, 2],
      [30, 10],
      [30, 24],
    ])(
      'loses one drop at most to an outage: of %i calls of before it %i are answered early',
      async (calls, early) => {
        const limitKey = newLimitKey()
        const before = await breakDown(limitKey, calls, early)
        await probe(limitKey, 'overload')
        await probe(limitKey, 'answered')
        expect(await limitOf(bench(), limitKey)).toBeGreaterThanOrEqual(0.7 * before)
      },
    )

    test('does not come back from a breaker that too many calls have opened', async () => {
      const { clock, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 50, max: 1_000 } })
      // Of fifty calls twenty are let in, and stay in for long.
      const inside = await takeSome(limitKey, 20)
      const outside = await takeSome(limitKey, 30)
      await end(limitKey, outside, 'overload')
      const early = inside.splice(0, 2)
      await clock.advance(2_500)
      await end(limitKey, early, 'answered')
      expect(await limitOf(bench(), limitKey)).toBe(20)
      // The probes are not alone, so that they fail means nothing.
      await probe(limitKey, 'overload')
      expect(await limitOf(bench(), limitKey)).toBe(20)
      await end(limitKey, inside, 'answered')
      await probe(limitKey, 'answered')
      for (let n = 0; n < 10; n += 1) await settleAmong(limitKey, 15)
      expect(await limitOf(bench(), limitKey)).toBe(20)
    })

    test('is not lowered by calls that began before the breaker opened and fail long after', async () => {
      const { clock, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      const old = await takeSome(limitKey, 3)
      await end(limitKey, await takeSome(limitKey, 5), 'overload')
      const inOutage = await limitOf(bench(), limitKey)
      for (const lease of old) {
        await clock.advance(60_001)
        await end(limitKey, [lease], 'overload')
      }
      expect(await limitOf(bench(), limitKey)).toBe(inOutage)
    })

    test('is left alone by refusals and calls we let go of', async () => {
      const { allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      for (const kind of ['refused', 'aborted', 'unsent'] as const) {
        await failed(bench(), limitKey, kind)
      }
      expect(await limitOf(bench(), limitKey)).toBe(8)
    })

    test('429s lower the concurrency only when they do not state the limits', async () => {
      const { allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      const observed = { requests: { limit: 600_000, remaining: 600_000, roundedTo: 1 } }
      await overload(limitKey, { kind: 'rate-limited', observed })
      expect(await limitOf(bench(), limitKey)).toBe(8)
      const untold = newLimitKey()
      allow(untold, limits)
      await overload(untold, { kind: 'rate-limited' })
      expect(await limitOf(bench(), untold)).toBeCloseTo(5.6)
    })

    test('stays what was good within a day, and starts over after it', async () => {
      const { limiter, clock, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      await settleAmong(limitKey, 7)
      await clock.advance(23 * 3_600_000)
      await limiter.configure(limitKey, limits)
      expect(await limitOf(bench(), limitKey)).toBe(9)
      await clock.advance(2 * 3_600_000)
      expect(await limitOf(bench(), limitKey)).toBe(8)
    })

    test('the time of a call is known by its logarithm', async () => {
      const { limiter } = bench()
      const limitKey = newLimitKey()
      expect((await limiter.snapshot(limitKey)).latency).toBeNull()
      for (let n = 0; n < 60; n += 1) await answered(bench(), limitKey, n % 2 ? 2_000 : 8_000)
      const { latency } = await limiter.snapshot(limitKey)
      // Mean and deviation of ln 2,000 and ln 8,000.
      expect(Math.log(latency!.medianMs)).toBeCloseTo(Math.log(4_000), 0)
      expect(latency!.sigma).toBeCloseTo(Math.log(2), 0)
    })
  })

  describe('the breaker', () => {
    /** Lets it open, and answers how long for. */
    async function open(limitKey: LimitKey): Promise<number> {
      for (let n = 0; n < 4; n += 1)
        expect(await failed(bench(), limitKey)).toEqual({ outcome: 'settled' })
      const last = await failed(bench(), limitKey)
      expect(last.breaker).toEqual({ to: 'open', forMs: 5_000 })
      return 5_000
    }

    test('opens after five failures in a row, and then nobody starts', async () => {
      const { limiter } = bench()
      const limitKey = newLimitKey()
      await open(limitKey)
      expect(await limiter.acquire(limitKey, attempt())).toEqual({
        outcome: 'wait',
        waitMs: 5_000,
        because: 'breaker',
      })
      expect((await limiter.snapshot(limitKey)).waiting).toBe(0)
    })

    test('opens when half of ten calls of the last minute failed', async () => {
      const { clock } = bench()
      const limitKey = newLimitKey()
      for (let n = 0; n < 9; n += 1) {
        if (n % 2) await answered(bench(), limitKey)
        else expect((await failed(bench(), limitKey)).breaker).toBeUndefined()
      }
      await clock.advance(61_000)
      // The minute is over, so it takes ten again.
      for (let n = 0; n < 9; n += 1) {
        if (n % 2) await answered(bench(), limitKey)
        else expect((await failed(bench(), limitKey)).breaker).toBeUndefined()
      }
      expect((await failed(bench(), limitKey)).breaker).toMatchObject({ to: 'open' })
    })

    test('lets two probes through when its time is over, and closes when both were answered', async () => {
      const { limiter, clock } = bench()
      const limitKey = newLimitKey()
      await clock.advance(await open(limitKey))
      const first = attempt()
      expect(await limiter.acquire(limitKey, first)).toMatchObject({
        outcome: 'granted',
        breaker: { to: 'half-open' },
      })
      const second = attempt()
      const answer = await limiter.acquire(limitKey, second)
      expect(answer).toMatchObject({ outcome: 'granted' })
      expect(answer).not.toHaveProperty('breaker')
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({ because: 'breaker' })
      await limiter.settle(limitKey, first.lease, { kind: 'answered', usage: USAGE })
      expect(await limiter.snapshot(limitKey)).toMatchObject({ breaker: { state: 'half-open' } })
      const last = await limiter.settle(limitKey, second.lease, { kind: 'answered', usage: USAGE })
      expect(last.breaker).toEqual({ to: 'closed', forMs: 0 })
      await open(limitKey)
    })

    test('tells each change once, in the step that brings it about', async () => {
      const { limiter, clock, redis, keys } = bench()
      const { account, model, ...rest } = newLimitKey()
      const limitKey = { account, model, ...rest }
      const openedBefore = clock.now()
      await clock.advance(await open(limitKey))
      const probe = attempt()
      for (const again of [probe, probe]) await limiter.acquire(limitKey, again)
      await limiter.settle(limitKey, probe.lease, { kind: 'answered', usage: USAGE })
      await answered(bench(), limitKey)
      const stream = await redis.xrange(keys.providerEvents, '-', '+')
      const told = stream.map(([, fields]) => parseProviderEvent(fields))
      const about = { type: 'provider.breaker', provider: 'anthropic', account, model }
      const reason = expect.stringMatching(/./)
      const words = 'calls failed: overload'
      expect(told.filter((news) => news?.account === account)).toEqual([
        {
          ...about,
          state: 'open',
          reason: words,
          until: new Date(openedBefore + 5_000).toISOString(),
        },
        { ...about, state: 'half-open', reason, until: null },
        { ...about, state: 'closed', reason, until: null },
      ])
    })

    test('opens for longer after a failed probe, but no longer than seven seconds', async () => {
      const { clock } = bench()
      const limitKey = newLimitKey()
      let forMs = await open(limitKey)
      for (const next of [7_000, 7_000]) {
        await clock.advance(forMs)
        expect((await failed(bench(), limitKey)).breaker).toEqual({ to: 'open', forMs: next })
        forMs = next
      }
    })

    test('a prober that died holds its permit no longer than its call can take', async () => {
      const { limiter, clock } = bench()
      const limitKey = newLimitKey()
      await clock.advance(await open(limitKey))
      await take(bench(), limitKey, { ttlMs: 30_000 })
      await take(bench(), limitKey, { ttlMs: 30_000 })
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({ because: 'breaker' })
      await clock.advance(30_000)
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({ outcome: 'granted' })
    })

    test('hears nothing of calls that began before it changed', async () => {
      const { limiter, clock } = bench()
      const limitKey = newLimitKey()
      const old = [await take(bench(), limitKey), await take(bench(), limitKey)]
      await clock.advance(await open(limitKey))
      await take(bench(), limitKey)
      expect(
        (await limiter.settle(limitKey, old[0]!, { kind: 'overload' })).breaker,
      ).toBeUndefined()
      await limiter.settle(limitKey, old[1]!, { kind: 'answered', usage: USAGE })
      expect(await limiter.snapshot(limitKey)).toMatchObject({ breaker: { state: 'half-open' } })
    })

    test('a probe that says nothing about the provider gives its permit back', async () => {
      const { limiter, clock } = bench()
      const limitKey = newLimitKey()
      await clock.advance(await open(limitKey))
      for (let n = 0; n < 5; n += 1) {
        expect(await failed(bench(), limitKey, 'aborted')).toEqual({ outcome: 'settled' })
      }
      expect(await limiter.snapshot(limitKey)).toMatchObject({ breaker: { state: 'half-open' } })
    })

    test('is of one model, and a waiting call of another model is not held up', async () => {
      const { limiter, allow } = bench()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 1, max: 1 } })
      await open(limitKey)
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({ because: 'breaker' })
      const other = { ...limitKey, model: 'opus-4' }
      expect(await limiter.acquire(other, attempt())).toMatchObject({ outcome: 'granted' })
    })
  })
}
