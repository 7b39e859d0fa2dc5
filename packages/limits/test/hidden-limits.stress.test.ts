import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { loadLimitScripts } from '@capstan/limits/limiter/limit-scripts'
import type { ConfiguredLimits } from '@capstan/limits/types'
import { testRedis } from '@capstan/testkit/redis'
import { luaClock } from './lua-clock.ts'
import { limitsModel } from './model.ts'
import type { LimitsModel } from './model-types.ts'
import { callHiddenProvider, type ProviderRun } from './hidden-provider.ts'
import { attempt, newLimitKey } from './limiter-fixtures.ts'

// The real scripts against a provider without stated limits, on a clock that only the test advances.

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

/** Runs each step on scripts and model, and compares the results. */
function compareWithModel(model: LimitsModel): ProviderRun['limiter'] {
  return {
    acquire: async (limitKey, request) => {
      const answer = await limiter.acquire(limitKey, request)
      expect(answer).toEqual(model.acquire(request))
      return answer
    },
    settle: async (limitKey, lease, ending) => {
      const settled = await limiter.settle(limitKey, lease, ending)
      expect(settled).toEqual(model.settle(lease, ending))
      return settled
    },
  }
}

async function runCalls(changes: Partial<ProviderRun>) {
  const limitKey = newLimitKey()
  await limiter.configure(limitKey, NOTHING_STATED)
  const model = limitsModel(clock.now, NOTHING_STATED)
  const calls = await callHiddenProvider({
    limiter: compareWithModel(model),
    clock,
    limitKey,
    calls: 2_000,
    limits: {},
    ...changes,
  })
  expect((await limiter.snapshot(limitKey)).dimensions).toEqual(model.snapshot().dimensions)
  const began = calls[0]?.atMs ?? 0
  return {
    /** Failed calls per 1,000 after `fromMs`. */
    failuresAfter: (fromMs: number): number => {
      const late = calls.filter(({ atMs }) => atMs > began + fromMs)
      return (1_000 * late.filter(({ hasFailed }) => hasFailed).length) / late.length
    },
    /** Answered calls per minute. */
    speed: (fromMs: number, toMs: number): number => {
      const answered = calls.filter(
        ({ atMs, hasFailed }) => !hasFailed && atMs > began + fromMs && atMs <= began + toMs,
      )
      return (answered.length / (toMs - fromMs)) * MINUTE_MS
    },
    lastMs: (calls.at(-1)?.atMs ?? 0) - began,
  }
}

test.each([
  [1_000, 0.6],
  [10_000, 0.9],
  [60_000, 0.9],
])(
  'calls use most of an unstated request limit with at most one rejection in a thousand, with bursts of %i ms',
  async (burstMs, usedShare) => {
    const run = await runCalls({ limits: { requests: 480, burstMs } })
    expect(run.failuresAfter(MINUTE_MS)).toBeLessThanOrEqual(1)
    expect(run.speed(MINUTE_MS, 3 * MINUTE_MS)).toBeGreaterThan(usedShare * 480)
  },
)

test('calls use most of an unstated request limit without Retry-After with at most one rejection in a thousand', async () => {
  const limits = { requests: 480, burstMs: 10_000, retryAfterMs: undefined }
  const run = await runCalls({ calls: 2_700, limits })
  expect(run.failuresAfter(MINUTE_MS)).toBeLessThanOrEqual(1)
  expect(run.speed(MINUTE_MS, 5 * MINUTE_MS)).toBeGreaterThan(0.85 * 480)
})

test('calls use most of an unstated limit of input tokens with at most one rejection in a thousand', async () => {
  const run = await runCalls({ limits: { tokens: 480_000, burstMs: 60_000 } })
  // The bucket holds the refill of a minute, so it is empty only after that.
  expect(run.failuresAfter(2 * MINUTE_MS)).toBeLessThanOrEqual(1)
  expect(run.speed(2 * MINUTE_MS, 3 * MINUTE_MS)).toBeGreaterThan(0.8 * 480)
})

test('calls use most of an unstated concurrency limit that answers overload with at most one rejection in a thousand', async () => {
  const run = await runCalls({ limits: { concurrency: 40 } })
  expect(run.failuresAfter(MINUTE_MS)).toBeLessThanOrEqual(1)
  expect(run.speed(MINUTE_MS, 3 * MINUTE_MS)).toBeGreaterThan(0.9 * 480)
})

test('calls use half of an unstated concurrency limit that answers 429 with at most one rejection in a thousand', async () => {
  const run = await runCalls({ limits: { concurrency: 40, outcomeAbove: 'rate-limited' } })
  expect(run.failuresAfter(MINUTE_MS)).toBeLessThanOrEqual(1)
  expect(run.speed(MINUTE_MS, 3 * MINUTE_MS)).toBeGreaterThan(0.5 * 480)
})

test('single failed calls set no limit', async () => {
  const run = await runCalls({ limits: { failsEvery: 250 } })
  // A hundred slots at 4.8 s per call.
  expect(run.speed(0.5 * MINUTE_MS, 1.2 * MINUTE_MS)).toBeGreaterThan(0.6 * 1_250)
})

test('throughput recovers within seconds after an outage', async () => {
  const outage = { fromMs: 12_000, toMs: 37_000 }
  const run = await runCalls({ calls: 900, limits: { outage } })
  // The last probe starts up to seven seconds late and takes one call duration; recovery takes a round or two.
  expect(run.speed(outage.toMs + 20_000, run.lastMs)).toBeGreaterThan(0.9 * 1_250)
  expect(run.lastMs).toBeGreaterThan(outage.toMs + 25_000)
})

test('a raised limit is found within minutes', async () => {
  const raised = { atMs: 2 * MINUTE_MS, requests: 960 }
  const run = await runCalls({
    calls: 7_000,
    limits: { requests: 480, burstMs: 10_000, raised },
  })
  expect(run.speed(run.lastMs - MINUTE_MS, run.lastMs)).toBeGreaterThan(1.5 * 480)
  expect(run.lastMs).toBeLessThan(14 * MINUTE_MS)
  expect(run.failuresAfter(MINUTE_MS)).toBeLessThanOrEqual(1)
})

test('configured limits are not changed by 429s', async () => {
  const limitKey = newLimitKey()
  await limiter.configure(limitKey, { ...NOTHING_STATED, perMinute: { requests: 6_000 } })
  for (let n = 0; n < 4; n += 1) {
    const request = attempt()
    await limiter.acquire(limitKey, request)
    await limiter.settle(limitKey, request.lease, { kind: 'rate-limited', retryAfterMs: 1_000 })
    await clock.advance(3_000)
  }
  await limiter.acquire(limitKey, attempt())
  expect((await limiter.snapshot(limitKey)).dimensions).toMatchObject({
    requests: { limit: 6_000 },
  })
})
