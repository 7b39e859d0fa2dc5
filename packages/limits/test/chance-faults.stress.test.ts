import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { loadLimitScripts } from '@capstan/limits/limiter/limit-scripts'
import type { ConfiguredLimits } from '@capstan/limits/types'
import { testRedis } from '@capstan/testkit/redis'
import { luaClock } from './lua-clock.ts'
import { callHiddenProvider, type ChanceFaults, type HiddenLimits } from './hidden-provider.ts'
import { newLimitKey } from './limiter-fixtures.ts'

// The real scripts against a provider with chance failures or load failures, on a clock that only the test advances.

const { url, keys } = testRedis()
const redis = new Redis(url)
const clock = await luaClock(redis, keys)
afterAll(async () => {
  await redis.quit()
  await clock.remove()
})

const SLOTS = 24
/** Calls per minute of all slots, at 4.8 s per call. */
const FULL_SPEED = (SLOTS / 4.8) * 60
/** Calls that fail before any work end after this time. */
const REJECTION_MS = 30

interface RunSummary {
  /** Lowest concurrency limit after any call. */
  least: number
  /** Concurrency limit at the end. */
  last: number
  /** Answered calls per minute. */
  speed: number
  failures: number
}

async function summarizeRun(
  limits: HiddenLimits,
  start: number,
  calls = 600,
  medianMs?: number,
): Promise<RunSummary> {
  const limitKey = newLimitKey()
  const stated: ConfiguredLimits = {
    perMinute: {},
    cachedTokensCount: false,
    concurrency: { start, max: 1_000 },
  }
  const limiter = openLimiter({
    redis,
    keys,
    limitsFor: () => stated,
    scripts: loadLimitScripts(clock.file),
    random: () => 0.5,
  })
  await limiter.configure(limitKey, stated)
  const seen: number[] = []
  const results = await callHiddenProvider({
    limiter,
    clock,
    limitKey,
    calls,
    slots: SLOTS,
    ...(medianMs === undefined ? {} : { medianMs }),
    limits,
    onEnd: async () => {
      seen.push((await limiter.snapshot(limitKey)).concurrency.limit)
    },
  })
  const minutes = ((results.at(-1)?.atMs ?? 0) - (results[0]?.atMs ?? 0)) / 60_000
  const failures = results.filter(({ hasFailed }) => hasFailed).length
  return {
    least: Math.min(...seen),
    last: seen.at(-1) ?? 0,
    speed: (calls - failures) / minutes,
    failures,
  }
}

const FORMS: [string, ChanceFaults['faults'][number]['kind'], number | undefined][] = [
  ['500 after the work', 'overload', undefined],
  ['529 or a reset before the work', 'overload', REJECTION_MS],
  ['429 without Retry-After', 'rate-limited', REJECTION_MS],
  ['timeout', 'timeout', undefined],
]

test.each(
  FORMS.flatMap(([name, kind, afterMs]) =>
    [0.01, 0.05, 0.13].map((share) => ({ name, kind, afterMs, share })),
  ),
)(
  'chance failures ($name, $share) keep the concurrency limit at 4 or more and cost about their share',
  async ({ kind, afterMs, share }) => {
    for (const start of [4, 100]) {
      const fault = { share, kind, ...(afterMs === undefined ? {} : { afterMs }) }
      const run = await summarizeRun({ chance: { seed: 1, faults: [fault] } }, start)
      expect(run.least).toBeGreaterThanOrEqual(4)
      expect(run.last).toBeGreaterThanOrEqual(SLOTS)
      expect(run.speed).toBeGreaterThan(0.8 * (1 - share) * FULL_SPEED)
    }
  },
)

test.each([1, 2, 3])(
  'a mixture of chance failures costs about its share (seed %i)',
  async (seed) => {
    const faults: ChanceFaults['faults'] = [
      { share: 0.05, kind: 'rate-limited', afterMs: REJECTION_MS },
      { share: 0.07, kind: 'overload' },
      { share: 0.01, kind: 'timeout', afterMs: 15_000 },
    ]
    const run = await summarizeRun({ chance: { seed, faults } }, 4)
    expect(run.least).toBeGreaterThanOrEqual(4)
    expect(run.last).toBeGreaterThanOrEqual(SLOTS)
    expect(run.speed).toBeGreaterThan(0.7 * FULL_SPEED)
  },
)

test('429s by chance with Retry-After cost their pauses and make the limiter set no rate', async () => {
  for (const seed of [1, 2]) {
    const fault = {
      share: 0.05,
      kind: 'rate-limited' as const,
      afterMs: REJECTION_MS,
      retryAfterMs: 1_000,
    }
    const run = await summarizeRun({ chance: { seed, faults: [fault] } }, 100, 900)
    expect(run.last).toBeGreaterThanOrEqual(SLOTS)
    // One call in twenty with a pause of a second: 0.25 of each second at five calls per second.
    expect(run.speed).toBeGreaterThan(0.65 * FULL_SPEED)
  }
})

test.each([1, 2, 3])(
  'a mixture of chance failures costs the pauses of its 429s and makes the limiter set no rate (seed %i)',
  async (seed) => {
    const faults: ChanceFaults['faults'] = [
      { share: 0.05, kind: 'rate-limited', afterMs: REJECTION_MS, retryAfterMs: 1_000 },
      { share: 0.07, kind: 'overload' },
      { share: 0.01, kind: 'timeout', afterMs: 15_000 },
    ]
    const medianMs = 1_500
    const run = await summarizeRun({ chance: { seed, faults } }, 10, 700, medianMs)
    expect(run.least).toBeGreaterThanOrEqual(4)
    expect(run.last).toBeGreaterThanOrEqual(SLOTS)
    // 0.8 such 429s per second of calls, and each costs half a second of calls.
    expect(run.speed).toBeGreaterThan(0.5 * SLOTS * (60_000 / medianMs))
  },
)

test('regular 429s with Retry-After make the limiter set a rate', async () => {
  // The limit is so close to full throughput that no two calls in a row are rejected.
  const run = await summarizeRun({ requests: 280, burstMs: 5_000 }, 24, 900)
  expect(run.speed).toBeGreaterThan(0.75 * 240)
  expect(run.failures).toBeLessThan(30)
})

test('bursts of chance failures leave full throughput between them', async () => {
  for (const seed of [1, 2]) {
    const bursts = { everyMs: 30_000, forMs: 3_000 }
    const faults = [{ share: 0.4, kind: 'overload' as const, afterMs: REJECTION_MS }]
    const run = await summarizeRun({ chance: { seed, bursts, faults } }, 4, 900)
    expect(run.least).toBeGreaterThanOrEqual(4)
    expect(run.last).toBeGreaterThanOrEqual(SLOTS)
    expect(run.speed).toBeGreaterThan(0.75 * FULL_SPEED)
  }
})

test.each([2, 7, 16])(
  'a capacity of %i calls is found despite chance failures, from any initial concurrency',
  async (concurrency) => {
    for (const start of [4, 100]) {
      const chance = { seed: 3, faults: [{ share: 0.05, kind: 'overload' as const }] }
      const run = await summarizeRun({ concurrency, chance }, start)
      expect(run.last).toBeLessThanOrEqual(concurrency + 2)
      expect(run.speed).toBeGreaterThan((0.5 * concurrency * 60) / 4.8)
    }
  },
)

test('the concurrency limit stays near the load beyond which failures rise', async () => {
  const run = await summarizeRun({ softLimit: { from: 8, slope: 1 } }, 4)
  expect(run.last).toBeLessThan(16)
  expect(run.speed).toBeGreaterThan((0.7 * 8 * 60) / 4.8)
})
