import { describe, expect, test } from 'vitest'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import {
  listBlockedLimitKeys,
  loadListBlockedScript,
  type BlockedLimitKey,
} from '@capstan/limits/limiter/list-blocked-limit-keys'
import { openProviderEvents } from '@capstan/limits/limiter/provider-events'
import { loadLimitScripts } from '@capstan/limits/limiter/limit-scripts'
import type { CallOutcome, LimitKey } from '@capstan/limits/types'
import { createRedisKeys } from '@capstan/redis/keys'
import { attempt, FREE, newLimitKey, take, type LimiterFixtures } from './limiter-fixtures.ts'

const USAGE = { inputTokens: 100, cachedTokens: 0, outputTokens: 50 }
const FAULT = 'OpenAI has a fault (500): the server had an error'

/** Settles one call with this outcome. */
async function end(
  fixtures: LimiterFixtures,
  limitKey: LimitKey,
  ending: CallOutcome,
): Promise<void> {
  await fixtures.limiter.settle(limitKey, await take(fixtures, limitKey), ending)
}

/** Opens the breaker for five seconds. */
async function openBreaker(
  fixtures: LimiterFixtures,
  limitKey: LimitKey,
  cause = FAULT,
): Promise<void> {
  for (let n = 0; n < 5; n += 1) await end(fixtures, limitKey, { kind: 'overload', cause })
}

async function listAll(
  { redis, keys, clock }: Pick<LimiterFixtures, 'redis' | 'keys' | 'clock'>,
  limit = 1_000,
): Promise<BlockedLimitKey[]> {
  return listBlockedLimitKeys(redis, keys, limit, loadListBlockedScript(clock.file))
}

async function find(
  fixtures: LimiterFixtures,
  { account }: LimitKey,
): Promise<BlockedLimitKey | undefined> {
  return (await listAll(fixtures)).find((one) => one.account === account)
}

const inMs = ({ clock }: LimiterFixtures, ms: number): string =>
  new Date(clock.now() + ms).toISOString()

export function blockedSuite(fixtures: () => LimiterFixtures): void {
  describe('the reason of a pause or an open breaker', () => {
    test('the reason of a pause is the error text of the 429, or the kind without one', async () => {
      const { limiter } = fixtures()
      const [named, unnamed] = [newLimitKey(), newLimitKey()]
      const cause = 'OpenAI rate-limited the call (429): Rate limit reached for requests per day'
      await end(fixtures(), named, { kind: 'rate-limited', retryAfterMs: 10_000, cause })
      await end(fixtures(), unnamed, { kind: 'rate-limited', retryAfterMs: 10_000 })
      expect((await limiter.snapshot(named)).paused?.reason).toBe(cause)
      expect((await limiter.snapshot(unnamed)).paused?.reason).toBe('rate-limited')
    })

    test('the longest pause determines the reason until it ends', async () => {
      const { limiter, clock } = fixtures()
      const limitKey = newLimitKey()
      const leases = [await take(fixtures(), limitKey), await take(fixtures(), limitKey)]
      const throttled = { kind: 'rate-limited' as const }
      await limiter.settle(limitKey, leases[0]!, {
        ...throttled,
        retryAfterMs: 60_000,
        cause: 'a minute',
      })
      await limiter.settle(limitKey, leases[1]!, {
        ...throttled,
        retryAfterMs: 9_000,
        cause: 'seconds',
      })
      expect((await limiter.snapshot(limitKey)).paused?.reason).toBe('a minute')
      await clock.advance(63_000)
      expect((await limiter.snapshot(limitKey)).paused).toBeNull()
      await end(fixtures(), limitKey, { ...throttled, retryAfterMs: 1_000, cause: 'a second' })
      expect((await limiter.snapshot(limitKey)).paused?.reason).toBe('a second')
    })

    test('a reason is cut to 200 visible characters', async () => {
      const { limiter } = fixtures()
      const limitKey = newLimitKey()
      await limiter.pause(limitKey, 1_000, `\u001B[31mslow\u202E\ndown\u0000 ${'a'.repeat(400)}`)
      const { paused } = await limiter.snapshot(limitKey)
      expect(paused?.reason).toMatch(/^slow down a+…$/)
      expect(paused?.reason).toHaveLength(200)
      await limiter.pause(limitKey, 2_000, '\u200B')
      expect((await limiter.snapshot(limitKey)).paused?.reason).toBe('no reason given')
    })

    test('a key echoed by the provider is redacted from the reason', async () => {
      const { redis, keys } = fixtures()
      const limitKey = newLimitKey()
      const canary = 'sk-ant-canary0123456789abcdef'
      const cause = `refused ${canary.slice(0, 9)}\u200B${canary.slice(9)} and ${canary}`
      await openBreaker(fixtures(), limitKey, cause)
      await end(fixtures(), newLimitKey(), { kind: 'rate-limited', cause })
      const { account, model } = limitKey
      const stored = JSON.stringify([
        await redis.hgetall(keys.breaker(account, model)),
        await redis.hgetall(keys.limits(account, model, 'state')),
        await redis.xrange(keys.providerEvents, '-', '+'),
      ])
      expect(stored.includes('[redacted]')).toBe(true)
      expect(stored.includes('canary')).toBe(false)
    })

    test('the fault that opened the breaker is its reason until it closes', async () => {
      const { limiter, clock } = fixtures()
      const limitKey = newLimitKey()
      const reason = async () => (await limiter.snapshot(limitKey)).breaker.reason
      await end(fixtures(), limitKey, { kind: 'overload', cause: 'an earlier fault' })
      expect(await reason()).toBeNull()
      await end(fixtures(), limitKey, { kind: 'answered', usage: USAGE })
      await openBreaker(fixtures(), limitKey)
      expect(await reason()).toBe(FAULT)
      await clock.advance(5_000)
      await end(fixtures(), limitKey, { kind: 'answered', usage: USAGE })
      expect(await reason()).toBe(FAULT)
      await end(fixtures(), limitKey, { kind: 'overload', cause: 'a probe failed' })
      expect(await reason()).toBe('a probe failed')
      await clock.advance(7_000)
      for (let n = 0; n < 2; n += 1) {
        await end(fixtures(), limitKey, { kind: 'answered', usage: USAGE })
      }
      expect(await reason()).toBeNull()
    })
  })

  describe('the index of blocked limit keys', () => {
    test('the index lists a pause until it ends', async () => {
      const { limiter, clock } = fixtures()
      const limitKey = newLimitKey()
      await limiter.pause(limitKey, 9_000, 'by hand')
      const { account, model } = limitKey
      const until = inMs(fixtures(), 9_000)
      expect(await find(fixtures(), limitKey)).toEqual({
        provider: 'anthropic',
        account,
        model,
        until,
      })
      await limiter.pause(limitKey, 3_000, 'shorter')
      expect((await find(fixtures(), limitKey))?.until).toBe(until)
      await clock.advance(9_000)
      expect(await find(fixtures(), limitKey)).toBeUndefined()
    })

    test('the index lists a pause caused by a call whose lease had expired', async () => {
      const { limiter, clock } = fixtures()
      const limitKey = newLimitKey()
      const lease = await take(fixtures(), limitKey, { ttlMs: 1_000 })
      await clock.advance(2_000)
      await limiter.expireLeases(limitKey)
      await limiter.settle(limitKey, lease, { kind: 'rate-limited', retryAfterMs: 10_000 })
      expect((await find(fixtures(), limitKey))?.until).toBe(inMs(fixtures(), 10_500))
    })

    test('the index lists an open breaker, and a half-open one only while both probes are in flight', async () => {
      const { limiter, clock } = fixtures()
      const limitKey = newLimitKey()
      await openBreaker(fixtures(), limitKey)
      expect((await find(fixtures(), limitKey))?.until).toBe(inMs(fixtures(), 5_000))
      await clock.advance(5_000)
      expect(await find(fixtures(), limitKey)).toBeUndefined()
      const first = await take(fixtures(), limitKey, { ttlMs: 30_000 })
      expect(await find(fixtures(), limitKey)).toBeUndefined()
      const second = await take(fixtures(), limitKey, { ttlMs: 40_000 })
      expect((await find(fixtures(), limitKey))?.until).toBe(inMs(fixtures(), 30_000))
      await limiter.settle(limitKey, first, { kind: 'answered', usage: USAGE })
      expect(await find(fixtures(), limitKey)).toBeUndefined()
      await limiter.settle(limitKey, second, { kind: 'overload' })
      expect((await find(fixtures(), limitKey))?.until).toBe(inMs(fixtures(), 7_000))
    })

    test('the index lists a limit key until both its pause and its open period are over', async () => {
      const { limiter, clock } = fixtures()
      const limitKey = newLimitKey()
      await openBreaker(fixtures(), limitKey)
      await limiter.pause(limitKey, 60_000, 'by hand')
      expect((await find(fixtures(), limitKey))?.until).toBe(inMs(fixtures(), 60_000))
      await clock.advance(60_000)
      expect(await find(fixtures(), limitKey)).toBeUndefined()
    })

    test('the index keeps the 1,000 longest blocks and lists the longest first, up to the limit', async () => {
      const { redis, clock, keys: shared } = fixtures()
      const keys = createRedisKeys(`${shared.prefix}:bounded`)
      const limiter = openLimiter({
        redis,
        keys,
        limitsFor: () => FREE,
        providerFor: () => 'openai',
        scripts: loadLimitScripts(clock.file),
      })
      const pauses = Array.from({ length: 1_010 }, (_, index) =>
        limiter.pause({ account: 'a', model: `m${index}` }, 60_000 + index, ''),
      )
      await Promise.all(pauses)
      expect(await redis.zcard(keys.blockedLimitKeys)).toBe(1_000)
      const listed = await listAll({ redis, keys, clock })
      expect(listed.map(({ model }) => model)).toEqual(
        Array.from({ length: 1_000 }, (_, index) => `m${1_009 - index}`),
      )
      expect((await listAll({ redis, keys, clock }, 3)).map(({ model }) => model)).toEqual([
        'm1009',
        'm1008',
        'm1007',
      ])
      await clock.advance(70_000)
      expect(await listAll({ redis, keys, clock })).toEqual([])
      expect(await redis.exists(keys.blockedLimitKeys)).toBe(0)
    })
  })

  describe('a resumed limit key', () => {
    test('after a resume calls start at once and the index entry is gone', async () => {
      const { limiter } = fixtures()
      const limitKey = newLimitKey()
      await end(fixtures(), limitKey, {
        kind: 'rate-limited',
        retryAfterMs: 86_400_000,
        cause: 'a day',
      })
      const until = inMs(fixtures(), 86_400_000)
      expect(await limiter.resume(limitKey)).toEqual({ reason: 'a day', until })
      expect(await find(fixtures(), limitKey)).toBeUndefined()
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({ outcome: 'granted' })
      expect(await limiter.resume(limitKey)).toBeNull()
    })

    test('a resume without a block writes nothing', async () => {
      const { limiter, redis, keys } = fixtures()
      const limitKey = newLimitKey()
      expect(await limiter.resume(limitKey)).toBeNull()
      const { account, model } = limitKey
      const names = [keys.limits(account, model, 'state'), keys.breaker(account, model)]
      expect(await redis.exists(...names)).toBe(0)
    })

    test('a resume of an open breaker grants its probes at once', async () => {
      const { limiter } = fixtures()
      const limitKey = newLimitKey()
      await openBreaker(fixtures(), limitKey)
      const ended = await limiter.resume(limitKey)
      expect(ended).toEqual({
        reason: `circuit breaker open: ${FAULT}`,
        until: inMs(fixtures(), 5_000),
      })
      expect(await find(fixtures(), limitKey)).toBeUndefined()
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({
        outcome: 'granted',
        breaker: { to: 'half-open' },
      })
    })

    test('a resume while probes are in flight does not admit more calls', async () => {
      const { limiter, clock } = fixtures()
      const limitKey = newLimitKey()
      await openBreaker(fixtures(), limitKey)
      await clock.advance(5_000)
      for (let n = 0; n < 2; n += 1) await take(fixtures(), limitKey)
      expect(await limiter.resume(limitKey)).toBeNull()
      expect(await find(fixtures(), limitKey)).toBeDefined()
    })

    test('a resume after a ramp limit starts with an empty bucket, without a debt for the rest of the pause', async () => {
      const { limiter, allow } = fixtures()
      const limitKey = newLimitKey()
      allow(limitKey, { ...FREE, perMinute: { requests: 600 } })
      await end(fixtures(), limitKey, { kind: 'ramp-limited', retryAfterMs: 3_600_000 })
      await limiter.resume(limitKey)
      expect(await limiter.acquire(limitKey, attempt())).toMatchObject({
        because: 'requests',
        waitMs: Math.ceil(60_000 / (600 * 0.998 * 0.5)),
      })
    })

    test('a limit key is indexed under its provider even if the resuming limiter has no providerFor', async () => {
      const { limiter, real } = fixtures()
      const limitKey = newLimitKey()
      await limiter.pause(limitKey, 60_000, 'by hand')
      await real[0]!.resume(limitKey, 'anthropic')
      expect(await find(fixtures(), limitKey)).toBeUndefined()
    })

    test('a limit key that is paused again after a resume publishes its wait again', async () => {
      const { limiter, redis, keys } = fixtures()
      const { account, model } = newLimitKey()
      const events = openProviderEvents(redis, keys)
      const wait = {
        provider: 'anthropic',
        account,
        model,
        scope: 'retry-after',
        forMs: 60_000,
      } as const
      expect(await events.throttled(wait)).toBe(true)
      expect(await events.throttled(wait)).toBe(false)
      await limiter.resume({ account, model })
      expect(await events.throttled(wait)).toBe(true)
    })
  })
}
