import { describe, expect, test } from 'vitest'
import { parseProviderEvent } from '@capstan/limits/limiter/provider-events'
import type { CallOutcome, CallFailureKind, LimitKey } from '@capstan/limits/types'
import { attempt, FREE, newLimitKey, take, type LimiterFixtures } from './limiter-fixtures.ts'

const USAGE = { inputTokens: 100, cachedTokens: 0, outputTokens: 50 }

async function answered(fixtures: LimiterFixtures, limitKey: LimitKey, tookMs = 0): Promise<void> {
  const lease = await take(fixtures, limitKey)
  await fixtures.clock.advance(tookMs)
  await fixtures.limiter.settle(limitKey, lease, { kind: 'answered', usage: USAGE })
}

async function failed(
  fixtures: LimiterFixtures,
  limitKey: LimitKey,
  kind: CallFailureKind = 'overload',
) {
  return fixtures.limiter.settle(limitKey, await take(fixtures, limitKey), {
    kind,
    retryAfterMs: 0,
  })
}

async function limitOf({ limiter }: LimiterFixtures, limitKey: LimitKey): Promise<number> {
  return (await limiter.snapshot(limitKey)).concurrency.limit
}

export function controlSuite(fixtures: () => LimiterFixtures): void {
  describe('concurrency', () => {
    const limits = { ...FREE, concurrency: { start: 8, max: 12 } }

    /** Settles one call while `others` more are in flight. */
    async function settleAmong(limitKey: LimitKey, others: number): Promise<number> {
      const leases = []
      for (let n = 0; n <= others; n += 1) leases.push(await take(fixtures(), limitKey))
      const [last, ...rest] = leases
      const { limiter } = fixtures()
      await limiter.settle(limitKey, last!, { kind: 'answered', usage: USAGE })
      const after = await limitOf(fixtures(), limitKey)
      for (const lease of rest) await limiter.settle(limitKey, lease, { kind: 'unsent' })
      return after
    }

    test('the concurrency limit grows by one per answer until the first decrease, then by one per round', async () => {
      const { allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      expect(await settleAmong(limitKey, 7)).toBe(9)
      await overload(limitKey)
      expect(await limitOf(fixtures(), limitKey)).toBeCloseTo(6.3)
      expect(await settleAmong(limitKey, 5)).toBeCloseTo(6.3 + 1 / 6.3)
    })

    /**
     * Twenty single calls are answered. Then calls fill the concurrency limit and the last three fail, so that the failure
     * rate rises with the calls in flight.
     */
    async function overload(
      limitKey: LimitKey,
      {
        kind = 'overload' as CallFailureKind,
        failing = 3,
        ...facts
      }: Partial<CallOutcome> & { failing?: number } = {},
    ): Promise<void> {
      const { limiter, clock } = fixtures()
      for (let n = 0; n < 20; n += 1) await answered(fixtures(), limitKey, 1_000)
      const most = Math.floor(await limitOf(fixtures(), limitKey))
      const leases = await takeSome(limitKey, most)
      // Too late for an early rejection.
      await clock.advance(900)
      for (const [index, lease] of leases.splice(most - failing).entries()) {
        // Five failures in a row would open the breaker.
        if (index > 0 && index % 4 === 0) await end(limitKey, leases.splice(0, 1), 'answered')
        await limiter.settle(limitKey, lease, { kind, retryAfterMs: 0, ...facts })
      }
      for (const lease of leases) await limiter.settle(limitKey, lease, { kind: 'unsent' })
      // The next decrease is in another round.
      await clock.advance(5_000)
    }

    async function growTo(limitKey: LimitKey, calls: number): Promise<void> {
      for (let n = 0; n < 300 && (await limitOf(fixtures(), limitKey)) < calls; n += 1) {
        await settleAmong(limitKey, Math.floor(await limitOf(fixtures(), limitKey)) - 1)
      }
    }

    test('two decreases at the same number of calls set a ceiling that is not probed soon', async () => {
      const { allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 8, max: 50 } })
      await overload(limitKey)
      await growTo(limitKey, 8)
      await overload(limitKey)
      for (let n = 0; n < 40; n += 1) await settleAmong(limitKey, 4)
      // Six calls were in flight when the ceiling was learned.
      expect(await limitOf(fixtures(), limitKey)).toBe(5)
    })

    test('an old ceiling is probed, and kept if the probe fails', async () => {
      const { allow, clock } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 8, max: 50 } })
      await overload(limitKey)
      await growTo(limitKey, 8)
      await overload(limitKey)
      // A ceiling shown by one round is probed soon.
      await clock.advance(20_000)
      await growTo(limitKey, 6)
      await overload(limitKey)
      expect(await limitOf(fixtures(), limitKey)).toBe(5)
      // After a failed probe the next one follows much later.
      await clock.advance(500_000)
      for (let n = 0; n < 20; n += 1) await settleAmong(limitKey, 4)
      expect(await limitOf(fixtures(), limitKey)).toBe(5)
      await clock.advance(100_001)
      await growTo(limitKey, 12)
      // No call above the ceiling failed, so it is forgotten.
      expect(await limitOf(fixtures(), limitKey)).toBeGreaterThanOrEqual(12)
    })

    test('the concurrency limit does not grow while half of it is idle, nor above its maximum', async () => {
      const { allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      expect(await settleAmong(limitKey, 2)).toBe(8)
      for (let n = 0; n < 6; n += 1) await settleAmong(limitKey, 7)
      expect(await limitOf(fixtures(), limitKey)).toBe(12)
    })

    test('calls that fail together decrease the concurrency limit once', async () => {
      const { allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      await overload(limitKey, { failing: 4, kind: 'timeout' })
      expect(await limitOf(fixtures(), limitKey)).toBeCloseTo(5.6)
    })

    test('failures independent of the load do not decrease the concurrency limit, even several in a row', async () => {
      const { clock, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      for (let n = 0; n < 100; n += 1) {
        const leases = await takeSome(limitKey, 8)
        // A different one of the eight each time.
        const [failing] = leases.splice(n % 8, 1)
        await clock.advance(1_000)
        await end(limitKey, failing ? [failing] : [], 'overload')
        await end(limitKey, leases, 'answered')
      }
      expect(await limitOf(fixtures(), limitKey)).toBe(12)
      expect((await fixtures().limiter.snapshot(limitKey)).concurrency.decreaseReason).toBeNull()
    })

    test('many failures in a round decrease the concurrency limit, but not below four without evidence of load', async () => {
      const { clock, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 40, max: 40 } })
      const seen = []
      for (let n = 0; n < 12; n += 1) {
        const leases = await takeSome(limitKey, Math.floor(await limitOf(fixtures(), limitKey)))
        await clock.advance(1_000)
        // Three of seven is less than half, so the breaker stays closed.
        for (const [index, lease] of leases.entries()) {
          await end(limitKey, [lease], [1, 3, 5].includes(index % 7) ? 'overload' : 'answered')
        }
        await clock.advance(5_001)
        seen.push(await limitOf(fixtures(), limitKey))
      }
      expect(Math.min(...seen)).toBeGreaterThanOrEqual(4)
      // The first call configured the limit key.
      expect(seen[1]).toBeCloseTo(28, 0)
    })

    test('a ceiling is never below the calls answered together in the last five minutes', async () => {
      const { clock, allow, limiter } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 30, max: 30 } })
      // Counting starts when the first call ends: all thirty are in flight then.
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
      expect(await limitOf(fixtures(), limitKey)).toBeGreaterThanOrEqual(28)
      expect((await limiter.snapshot(limitKey)).concurrency.decreaseReason).toBe('overload')
    })

    test('the snapshot names the failure that decreased the concurrency limit', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      await overload(limitKey, { cause: 'Anthropic is overloaded (529)' })
      const { concurrency } = await limiter.snapshot(limitKey)
      expect(concurrency.decreaseReason).toBe('Anthropic is overloaded (529)')
    })

    test('failed probes do not decrease the concurrency limit, which recovers by slow start', async () => {
      const { limiter, clock, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      for (let n = 0; n < 5; n += 1) await failed(fixtures(), limitKey)
      const inOutage = await limitOf(fixtures(), limitKey)
      for (let n = 0; n < 4; n += 1) {
        await clock.advance(8_000)
        await failed(fixtures(), limitKey)
      }
      expect(await limitOf(fixtures(), limitKey)).toBe(inOutage)
      await clock.advance(8_000)
      await answered(fixtures(), limitKey)
      await answered(fixtures(), limitKey)
      expect((await limiter.snapshot(limitKey)).breaker.state).toBe('closed')
      expect(await settleAmong(limitKey, Math.floor(inOutage) - 1)).toBeCloseTo(inOutage + 1)
    })

    /** Ends calls in flight. */
    async function end(
      limitKey: LimitKey,
      leases: string[],
      kind: 'answered' | 'overload' | 'aborted',
    ): Promise<void> {
      const usage = kind === 'answered' ? USAGE : undefined
      for (const lease of leases) {
        await fixtures().limiter.settle(limitKey, lease, { kind, usage, retryAfterMs: 0 })
      }
    }

    async function takeSome(limitKey: LimitKey, calls: number): Promise<string[]> {
      const leases = []
      for (let n = 0; n < calls; n += 1) leases.push(await take(fixtures(), limitKey))
      return leases
    }

    /** Acquires both probes, then ends both. */
    async function probe(limitKey: LimitKey, kind: 'answered' | 'overload'): Promise<void> {
      await fixtures().clock.advance(8_000)
      await end(limitKey, await takeSome(limitKey, 2), kind)
    }

    /**
     * An outage: calls in flight are answered, and each later call is rejected at once until the breaker opens. `early` calls
     * are answered between the first and the second rejection. Returns the concurrency limit before.
     */
    async function breakDown(limitKey: LimitKey, calls: number, early: number): Promise<number> {
      const { allow, clock, limiter } = fixtures()
      allow(limitKey, { ...FREE, concurrency: { start: 50, max: 1_000 } })
      const old = await takeSome(limitKey, calls)
      await clock.advance(2_500)
      await end(limitKey, old.splice(0, 3), 'answered')
      const before = await limitOf(fixtures(), limitKey)
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
      'an outage costs one decrease at most: %i calls before it, %i answered early',
      async (calls, early) => {
        const limitKey = newLimitKey()
        const before = await breakDown(limitKey, calls, early)
        await probe(limitKey, 'overload')
        await probe(limitKey, 'answered')
        expect(await limitOf(fixtures(), limitKey)).toBeGreaterThanOrEqual(0.7 * before)
      },
    )

    test('the concurrency limit is not restored after too many calls opened the breaker', async () => {
      const { clock, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 50, max: 1_000 } })
      // Twenty of fifty calls are accepted and stay in flight.
      const inside = await takeSome(limitKey, 20)
      const outside = await takeSome(limitKey, 30)
      await end(limitKey, outside, 'overload')
      const early = inside.splice(0, 2)
      await clock.advance(2_500)
      await end(limitKey, early, 'answered')
      expect(await limitOf(fixtures(), limitKey)).toBe(20)
      // Other calls are in flight, so the failed probes show no outage.
      await probe(limitKey, 'overload')
      expect(await limitOf(fixtures(), limitKey)).toBe(20)
      await end(limitKey, inside, 'answered')
      await probe(limitKey, 'answered')
      for (let n = 0; n < 10; n += 1) await settleAmong(limitKey, 15)
      expect(await limitOf(fixtures(), limitKey)).toBe(20)
    })

    test('late failures of calls from before the breaker opened do not decrease the concurrency limit', async () => {
      const { clock, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      const old = await takeSome(limitKey, 3)
      await end(limitKey, await takeSome(limitKey, 5), 'overload')
      const inOutage = await limitOf(fixtures(), limitKey)
      for (const lease of old) {
        await clock.advance(60_001)
        await end(limitKey, [lease], 'overload')
      }
      expect(await limitOf(fixtures(), limitKey)).toBe(inOutage)
    })

    test('refused and aborted calls do not change the concurrency limit', async () => {
      const { allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      for (const kind of ['refused', 'aborted', 'unsent'] as const) {
        await failed(fixtures(), limitKey, kind)
      }
      expect(await limitOf(fixtures(), limitKey)).toBe(8)
    })

    test('429s decrease the concurrency limit only if their headers state no limits', async () => {
      const { allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      const observed = { requests: { limit: 600_000, remaining: 600_000, roundedTo: 1 } }
      await overload(limitKey, { kind: 'rate-limited', observed })
      expect(await limitOf(fixtures(), limitKey)).toBe(8)
      const unstated = newLimitKey()
      allow(unstated, limits)
      await overload(unstated, { kind: 'rate-limited' })
      expect(await limitOf(fixtures(), unstated)).toBeCloseTo(5.6)
    })

    test('the concurrency limit is kept for a day without calls, then starts over', async () => {
      const { limiter, clock, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, limits)
      await settleAmong(limitKey, 7)
      await clock.advance(23 * 3_600_000)
      await limiter.configure(limitKey, limits)
      expect(await limitOf(fixtures(), limitKey)).toBe(9)
      await clock.advance(2 * 3_600_000)
      expect(await limitOf(fixtures(), limitKey)).toBe(8)
    })

    test('latency is the median and deviation of the logarithm of call times', async () => {
      const { limiter } = fixtures()
      const limitKey = newLimitKey()
      expect((await limiter.snapshot(limitKey)).latency).toBeNull()
      for (let n = 0; n < 60; n += 1) await answered(fixtures(), limitKey, n % 2 ? 2_000 : 8_000)
      const { latency } = await limiter.snapshot(limitKey)
      // Mean and deviation of ln 2,000 and ln 8,000.
      expect(Math.log(latency!.medianMs)).toBeCloseTo(Math.log(4_000), 0)
      expect(latency!.sigma).toBeCloseTo(Math.log(2), 0)
    })
  })

  describe('the breaker', () => {
    /** Opens the breaker and returns the length of the open period. */
    async function open(limitKey: LimitKey): Promise<number> {
      for (let n = 0; n < 4; n += 1)
        expect(await failed(fixtures(), limitKey)).toEqual({ outcome: 'settled' })
      const last = await failed(fixtures(), limitKey)
      expect(last.breaker).toEqual({ to: 'open', forMs: 5_000 })
      return 5_000
    }

    test('the breaker opens after five failures in a row and blocks all calls', async () => {
      const { limiter } = fixtures()
      const limitKey = newLimitKey()
      await open(limitKey)
      expect(await limiter.acquire(limitKey, attempt())).toEqual({
        outcome: 'wait',
        waitMs: 5_000,
        because: 'breaker',
      })
      expect((await limiter.snapshot(limitKey)).waiting).toBe(0)
    })

    test('the breaker opens when half of ten calls within a minute failed', async () => {
      const { clock } = fixtures()
      const limitKey = newLimitKey()
      for (let n = 0; n < 9; n += 1) {
        if (n % 2) await answered(fixtures(), limitKey)
        else expect((await failed(fixtures(), limitKey)).breaker).toBeUndefined()
      }
      await clock.advance(61_000)
      // The minute is over, so ten calls are needed again.
      for (let n = 0; n < 9; n += 1) {
        if (n % 2) await answered(fixtures(), limitKey)
        else expect((await failed(fixtures(), limitKey)).breaker).toBeUndefined()
      }
      expect((await failed(fixtures(), limitKey)).breaker).toMatchObject({ to: 'open' })
    })

    test('the breaker grants two probes after the open period and closes when both are answered', async () => {
      const { limiter, clock } = fixtures()
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

    test('each breaker change is published once, in the step that causes it', async () => {
      const { limiter, clock, redis, keys } = fixtures()
      const { account, model, ...rest } = newLimitKey()
      const limitKey = { account, model, ...rest }
      const openedBefore = clock.now()
      await clock.advance(await open(limitKey))
      const probe = attempt()
      for (const again of [probe, probe]) await limiter.acquire(limitKey, again)
      await limiter.settle(limitKey, probe.lease, { kind: 'answered', usage: USAGE })
      await answered(fixtures(), limitKey)
      const stream = await redis.xrange(keys.providerEvents, '-', '+')
      const notified = stream.map(([, fields]) => parseProviderEvent(fields))
      const about = { type: 'provider.breaker', provider: 'anthropic', account, model }
      const reason = expect.stringMatching(/./)
      const text = 'calls failed: overload'
      expect(notified.filter((change) => change?.account === account)).toEqual([
        {
          ...about,
          state: 'open',
          reason: text,
          until: new Date(openedBefore + 5_000).toISOString(),
        },
        { ...about, state: 'half-open', reason, until: null },
        { ...about, state: 'closed', reason, until: null },
      ])
    })

    test('the open period grows after a failed probe, to seven seconds at most', async () => {
      const { clock } = fixtures()
      const limitKey = newLimitKey()
      let forMs = await open(limitKey)
      for (const next of [7_000, 7_000]) {
        await clock.advance(forMs)
        expect((await failed(fixtures(), limitKey)).breaker).toEqual({ to: 'open', forMs: next })
        forMs = next
      }
    })

    test('the probe of a process that died expires with its lease', async () => {
      const { limiter, clock } = fixtures()
      const limitKey = newLimitKey()
      await clock.advance(await open(limitKey))
      await take(fixtures(), limitKey, { ttlMs: 30_000 })
      await take(fixtures(), limitKey, { ttlMs: 30_000 })
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({ because: 'breaker' })
      await clock.advance(30_000)
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({ outcome: 'granted' })
    })

    test('the breaker ignores calls that started before its last change', async () => {
      const { limiter, clock } = fixtures()
      const limitKey = newLimitKey()
      const old = [await take(fixtures(), limitKey), await take(fixtures(), limitKey)]
      await clock.advance(await open(limitKey))
      await take(fixtures(), limitKey)
      expect(
        (await limiter.settle(limitKey, old[0]!, { kind: 'overload' })).breaker,
      ).toBeUndefined()
      await limiter.settle(limitKey, old[1]!, { kind: 'answered', usage: USAGE })
      expect(await limiter.snapshot(limitKey)).toMatchObject({ breaker: { state: 'half-open' } })
    })

    test('a probe whose outcome shows nothing about the provider is released', async () => {
      const { limiter, clock } = fixtures()
      const limitKey = newLimitKey()
      await clock.advance(await open(limitKey))
      for (let n = 0; n < 5; n += 1) {
        expect(await failed(fixtures(), limitKey, 'aborted')).toEqual({ outcome: 'settled' })
      }
      expect(await limiter.snapshot(limitKey)).toMatchObject({ breaker: { state: 'half-open' } })
    })

    test('the breaker of one model does not delay calls of another model', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, concurrency: { start: 1, max: 1 } })
      await open(limitKey)
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({ because: 'breaker' })
      const other = { ...limitKey, model: 'opus-4' }
      expect(await limiter.acquire(other, attempt())).toMatchObject({ outcome: 'granted' })
    })
  })
}
