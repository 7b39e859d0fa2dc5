import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { loadLimitScripts } from '@capstan/limits/limiter/limit-scripts'
import type { ConfiguredLimits } from '@capstan/limits/types'
import { testRedis } from '@capstan/testkit/redis'
import { luaClock } from './lua-clock.ts'
import {
  callDelayedProvider,
  type DelayedProvider,
  type DelayedRunSummary,
} from './delayed-provider.ts'
import { newLimitKey } from './limiter-fixtures.ts'

// The real scripts, two workers and a network with delays, on a clock that only the test advances.

const { url, keys } = testRedis()
const redis = new Redis(url)
const clock = await luaClock(redis, keys)
afterAll(async () => {
  await redis.quit()
  await clock.remove()
})
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
const SEEDS = [1, 2]
/** Calls per minute of 100 slots, at 4.8 s per call. */
const FULL_SPEED = 1_250

async function runSeeds(
  provider: DelayedProvider,
  { calls = 1_500, slots = 100 }: { calls?: number; slots?: number } = {},
): Promise<DelayedRunSummary[]> {
  const runs: DelayedRunSummary[] = []
  for (const seed of SEEDS) {
    const limitKey = newLimitKey()
    await limiter.configure(limitKey, NOTHING_STATED)
    runs.push(await callDelayedProvider({ limiter, clock, limitKey, provider, seed, calls, slots }))
  }
  return runs
}

/** Rejected calls per 1,000 after the first minute of all runs. */
function rejectedLate(runs: DelayedRunSummary[]): number {
  const sum = (count: (run: DelayedRunSummary) => number): number =>
    runs.reduce((total, run) => total + count(run), 0)
  return (1_000 * sum(({ late }) => late.rejected)) / sum(({ late }) => late.calls)
}

const REQUESTS = { requests: 480, burstMs: 10_000, delayMs: 20 }
const LIMITS: [string, DelayedProvider][] = [
  ['10 s of them at once', REQUESTS],
  ['delays of up to 100 ms', { ...REQUESTS, delayMs: 100 }],
  ['stalls of 0.3 s', { ...REQUESTS, stalls: { everyMs: 7_000, forMs: 300 } }],
  ['stalls of 0.8 s', { ...REQUESTS, stalls: { everyMs: 5_100, forMs: 800 } }],
  ['stalls of 2 s', { ...REQUESTS, stalls: { everyMs: 30_000, forMs: 2_000 } }],
  ['a second of them at once', { ...REQUESTS, burstMs: 1_000 }],
  ['a minute of them at once', { ...REQUESTS, burstMs: 60_000 }],
]

test.each(LIMITS)(
  'of the calls to a provider with a hidden limit of requests (%s) at most one in a thousand is rejected after a minute',
  async (_, provider) => {
    const runs = await runSeeds(provider)
    expect(rejectedLate(runs)).toBeLessThanOrEqual(1)
    for (const { speed } of runs) expect(speed).toBeGreaterThan(0.45 * 480)
  },
)

test('a hidden limit of one request a second is used to at least 0.45', async () => {
  const runs = await runSeeds(
    { requests: 60, burstMs: 1_000, delayMs: 20 },
    { calls: 400, slots: 30 },
  )
  expect(rejectedLate(runs)).toBeLessThanOrEqual(1)
  for (const { speed } of runs) expect(speed).toBeGreaterThan(0.45 * 60)
})

test.each([
  [0.002, 0.5],
  [0.05, 0.7],
])(
  'calls rejected by chance (a share of %d, with a Retry-After of a second) leave %d of the throughput',
  async (chance, share) => {
    const runs = await runSeeds({ burstMs: 1_000, delayMs: 20, chance }, { calls: 3_000 })
    for (const { speed } of runs) expect(speed).toBeGreaterThan(share * FULL_SPEED)
  },
)
