import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { loadLimitScripts } from '@capstan/limits/limiter/limit-scripts'
import type { ConfiguredLimits } from '@capstan/limits/types'
import { testRedis } from '@capstan/testkit/redis'
import { luaClock } from './lua-clock.ts'
import { limitsModel } from './model.ts'
import type { LimitsModel } from './model-types.ts'
import { playProvider, type Play } from './play-provider.ts'
import { attempt, newLimitKey } from './world.ts'

// The real scripts against a provider that says nothing of its limits, on a clock that only the test moves.

const { url, keys } = testRedis()
const redis = new Redis(url)
const clock = await luaClock(redis, keys)
const NOTHING_STATED: ConfiguredLimits = {
  perMinute: {},
  cachedTokensCount: false,
  concurrency: { start: 100, max: 1_000 },
}
const limiter = openLimiter({
  redis,
  keys,
  limitsFor: () => NOTHING_STATED,
  scripts: loadLimitScripts(clock.file),
  random: () => 0.5,
})
afterAll(async () => {
  await redis.quit()
  await clock.remove()
})

const MINUTE_MS = 60_000

/** The scripts, and after each step a look whether the model did the same. */
function inStep(model: LimitsModel): Play['limiter'] {
  return {
    acquire: async (limitKey, asked) => {
      const answer = await limiter.acquire(limitKey, asked)
      expect(answer).toEqual(model.acquire(asked))
      return answer
    },
    settle: async (limitKey, lease, ending) => {
      const settled = await limiter.settle(limitKey, lease, ending)
      expect(settled).toEqual(model.settle(lease, ending))
      return settled
    },
  }
}

async function play(changes: Partial<Play>) {
  const limitKey = newLimitKey()
  await limiter.configure(limitKey, NOTHING_STATED)
  const model = limitsModel(clock.now, NOTHING_STATED)
  const calls = await playProvider({
    limiter: inStep(model),
    clock,
    limitKey,
    calls: 2_000,
    limits: {},
    ...changes,
  })
  expect((await limiter.snapshot(limitKey)).dimensions).toEqual(model.snapshot().dimensions)
  const began = calls[0]?.atMs ?? 0
  return {
    /** Turned away, for each 1,000 calls from then on. */
    refusedAfter: (fromMs: number): number => {
      const late = calls.filter(({ atMs }) => atMs > began + fromMs)
      return (1_000 * late.filter(({ refused }) => refused).length) / late.length
    },
    /** Let in, a minute. */
    speed: (fromMs: number, toMs: number): number => {
      const let_in = calls.filter(
        ({ atMs, refused }) => !refused && atMs > began + fromMs && atMs <= began + toMs,
      )
      return (let_in.length / (toMs - fromMs)) * MINUTE_MS
    },
    lastMs: (calls.at(-1)?.atMs ?? 0) - began,
  }
}

test.each([
  [1_000, 0.6],
  [10_000, 0.9],
  [60_000, 0.9],
])(
  'a hidden limit of requests is met once in a thousand calls at most, and used: bursts of %i ms',
  async (burstMs, used) => {
    const run = await play({ limits: { requests: 480, burstMs } })
    expect(run.refusedAfter(MINUTE_MS)).toBeLessThanOrEqual(1)
    expect(run.speed(MINUTE_MS, 3 * MINUTE_MS)).toBeGreaterThan(used * 480)
  },
)

test('so is one whose 429s do not even name a time, and each costs a pause in which the bucket fills up', async () => {
  const limits = { requests: 480, burstMs: 10_000, retryAfterMs: undefined }
  const run = await play({ calls: 2_700, limits })
  expect(run.refusedAfter(MINUTE_MS)).toBeLessThanOrEqual(1)
  expect(run.speed(MINUTE_MS, 5 * MINUTE_MS)).toBeGreaterThan(0.85 * 480)
})

test('so is one of input tokens, whatever the calls take', async () => {
  const run = await play({ limits: { tokens: 480_000, burstMs: 60_000 } })
  // A bucket that holds a minute is not empty before.
  expect(run.refusedAfter(2 * MINUTE_MS)).toBeLessThanOrEqual(1)
  expect(run.speed(2 * MINUTE_MS, 3 * MINUTE_MS)).toBeGreaterThan(0.8 * 480)
})

test('so is a limit of calls at once, told by overload', async () => {
  const run = await play({ limits: { atOnce: 40 } })
  expect(run.refusedAfter(MINUTE_MS)).toBeLessThanOrEqual(1)
  expect(run.speed(MINUTE_MS, 3 * MINUTE_MS)).toBeGreaterThan(0.9 * 480)
})

test('and one that is told by 429s without a word, as a rate would be', async () => {
  const run = await play({ limits: { atOnce: 40, beyond: 'rate-limited' } })
  expect(run.refusedAfter(MINUTE_MS)).toBeLessThanOrEqual(1)
  expect(run.speed(MINUTE_MS, 3 * MINUTE_MS)).toBeGreaterThan(0.5 * 480)
})

test('calls that fail one by one are no limit', async () => {
  const run = await play({ limits: { failing: 250 } })
  // A hundred slots at 4.8 s a call.
  expect(run.speed(0.5 * MINUTE_MS, 1.2 * MINUTE_MS)).toBeGreaterThan(0.6 * 1_250)
})

test('after an outage as many calls are under way as before it within seconds', async () => {
  const down = { fromMs: 12_000, toMs: 37_000 }
  const run = await play({ calls: 900, limits: { down } })
  // The last probe is up to seven seconds late and takes as long as a call; then a round or two.
  expect(run.speed(down.toMs + 20_000, run.lastMs)).toBeGreaterThan(0.9 * 1_250)
  expect(run.lastMs).toBeGreaterThan(down.toMs + 25_000)
})

test('a limit that was raised is found again within minutes', async () => {
  const raised = { atMs: 2 * MINUTE_MS, requests: 960 }
  const run = await play({
    calls: 7_000,
    limits: { requests: 480, burstMs: 10_000, raised },
  })
  expect(run.speed(run.lastMs - MINUTE_MS, run.lastMs)).toBeGreaterThan(1.5 * 480)
  expect(run.lastMs).toBeLessThan(14 * MINUTE_MS)
  expect(run.refusedAfter(MINUTE_MS)).toBeLessThanOrEqual(1)
})

test('limits that somebody stated are left alone', async () => {
  const limitKey = newLimitKey()
  await limiter.configure(limitKey, { ...NOTHING_STATED, perMinute: { requests: 6_000 } })
  for (let n = 0; n < 4; n += 1) {
    const asked = attempt()
    await limiter.acquire(limitKey, asked)
    await limiter.settle(limitKey, asked.lease, { kind: 'rate-limited', retryAfterMs: 1_000 })
    await clock.advance(3_000)
  }
  await limiter.acquire(limitKey, attempt())
  expect((await limiter.snapshot(limitKey)).dimensions).toMatchObject({
    requests: { limit: 6_000 },
  })
})
