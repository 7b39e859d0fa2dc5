import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { loadLimitScripts } from '@capstan/limits/limiter/limit-scripts'
import type { ConfiguredLimits } from '@capstan/limits/types'
import { testRedis } from '@capstan/testkit/redis'
import { luaClock } from './lua-clock.ts'
import { playProvider, type HiddenLimits, type Luck } from './play-provider.ts'
import { newLimitKey } from './world.ts'

// The real scripts against a provider whose calls fail by chance, or because of the load, on a clock that only the test moves.

const { url, keys } = testRedis()
const redis = new Redis(url)
const clock = await luaClock(redis, keys)
afterAll(async () => {
  await redis.quit()
  await clock.remove()
})

const SLOTS = 24
/** Calls a minute of all slots, at 4.8 s a call. */
const FULL_SPEED = (SLOTS / 4.8) * 60
const DOOR_MS = 30

interface Course {
  /** The lowest concurrency limit after any call. */
  least: number
  /** At the end. */
  last: number
  /** Calls answered well, a minute. */
  speed: number
  refused: number
}

async function play(
  limits: HiddenLimits,
  start: number,
  calls = 600,
  medianMs?: number,
): Promise<Course> {
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
  const played = await playProvider({
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
  const minutes = ((played.at(-1)?.atMs ?? 0) - (played[0]?.atMs ?? 0)) / 60_000
  const refused = played.filter((call) => call.refused).length
  return {
    least: Math.min(...seen),
    last: seen.at(-1) ?? 0,
    speed: (calls - refused) / minutes,
    refused,
  }
}

const FORMS: [string, Luck['faults'][number]['kind'], number | undefined][] = [
  ['500 after the work', 'overload', undefined],
  ['529 or a reset at the door', 'overload', DOOR_MS],
  ['429 without Retry-After', 'rate-limited', DOOR_MS],
  ['timeout', 'timeout', undefined],
]

test.each(
  FORMS.flatMap(([name, kind, afterMs]) =>
    [0.01, 0.05, 0.13].map((share) => ({ name, kind, afterMs, share })),
  ),
)(
  'calls that fail by chance ($name, $share of them) lower nothing below 4 and cost about their share',
  async ({ kind, afterMs, share }) => {
    for (const start of [4, 100]) {
      const fault = { share, kind, ...(afterMs === undefined ? {} : { afterMs }) }
      const course = await play({ luck: { seed: 1, faults: [fault] } }, start)
      expect(course.least).toBeGreaterThanOrEqual(4)
      expect(course.last).toBeGreaterThanOrEqual(SLOTS)
      expect(course.speed).toBeGreaterThan(0.8 * (1 - share) * FULL_SPEED)
    }
  },
)

test.each([1, 2, 3])(
  'a mixture of all faults by chance costs about its share (seed %i)',
  async (seed) => {
    const faults: Luck['faults'] = [
      { share: 0.05, kind: 'rate-limited', afterMs: DOOR_MS },
      { share: 0.07, kind: 'overload' },
      { share: 0.01, kind: 'timeout', afterMs: 15_000 },
    ]
    const course = await play({ luck: { seed, faults } }, 4)
    expect(course.least).toBeGreaterThanOrEqual(4)
    expect(course.last).toBeGreaterThanOrEqual(SLOTS)
    expect(course.speed).toBeGreaterThan(0.7 * FULL_SPEED)
  },
)

test('429s by chance that name a wait cost the waits and teach no rate', async () => {
  for (const seed of [1, 2]) {
    const fault = {
      share: 0.05,
      kind: 'rate-limited' as const,
      afterMs: DOOR_MS,
      retryAfterMs: 1_000,
    }
    const course = await play({ luck: { seed, faults: [fault] } }, 100, 900)
    expect(course.last).toBeGreaterThanOrEqual(SLOTS)
    // One call in twenty, and a second for each: 0.25 of each second at five calls a second.
    expect(course.speed).toBeGreaterThan(0.65 * FULL_SPEED)
  }
})

test.each([1, 2, 3])(
  'a mixture of all faults by chance costs the waits that its 429s name and teaches no rate (seed %i)',
  async (seed) => {
    const faults: Luck['faults'] = [
      { share: 0.05, kind: 'rate-limited', afterMs: DOOR_MS, retryAfterMs: 1_000 },
      { share: 0.07, kind: 'overload' },
      { share: 0.01, kind: 'timeout', afterMs: 15_000 },
    ]
    const medianMs = 1_500
    const course = await play({ luck: { seed, faults } }, 10, 700, medianMs)
    expect(course.least).toBeGreaterThanOrEqual(4)
    expect(course.last).toBeGreaterThanOrEqual(SLOTS)
    // 0.8 of these 429s in each second of calls, and half of a second's calls lost to each.
    expect(course.speed).toBeGreaterThan(0.5 * SLOTS * (60_000 / medianMs))
  },
)

test('429s that name a wait and come after as many calls each time teach a rate', async () => {
  // A limit so close to full speed that no two calls in a row are turned away.
  const course = await play({ requests: 280, burstMs: 5_000 }, 24, 900)
  expect(course.speed).toBeGreaterThan(0.75 * 240)
  expect(course.refused).toBeLessThan(30)
})

test('failures in bursts, by chance, leave the calls in flight at full speed in between', async () => {
  for (const seed of [1, 2]) {
    const burst = { everyMs: 30_000, forMs: 3_000 }
    const faults = [{ share: 0.4, kind: 'overload' as const, afterMs: DOOR_MS }]
    const course = await play({ luck: { seed, burst, faults } }, 4, 900)
    expect(course.least).toBeGreaterThanOrEqual(4)
    expect(course.last).toBeGreaterThanOrEqual(SLOTS)
    expect(course.speed).toBeGreaterThan(0.75 * FULL_SPEED)
  }
})

test.each([2, 7, 16])(
  'a capacity of %i calls is found beside faults by chance, whatever the start',
  async (atOnce) => {
    for (const start of [4, 100]) {
      const luck = { seed: 3, faults: [{ share: 0.05, kind: 'overload' as const }] }
      const course = await play({ atOnce, luck }, start)
      expect(course.last).toBeLessThanOrEqual(atOnce + 2)
      expect(course.speed).toBeGreaterThan((0.5 * atOnce * 60) / 4.8)
    }
  },
)

test('a provider that fails more and more often beyond a load is kept near that load', async () => {
  const course = await play({ soft: { from: 8, slope: 1 } }, 4)
  expect(course.last).toBeLessThan(16)
  expect(course.speed).toBeGreaterThan((0.7 * 8 * 60) / 4.8)
})
