import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { loadDailyBudgetScripts, openDailyBudget } from '@capstan/limits/daily-budget/daily-budget'
import { testRedis } from '@capstan/testkit/redis'
import { luaClock } from '../lua-clock.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** Budgets of several processes on a stopped clock: 2023-11-14 22:13:20 UTC. */
async function start() {
  const { url, keys } = testRedis()
  const connect = (): Redis => {
    const redis = new Redis(url)
    onTestFinished(() => redis.disconnect())
    return redis
  }
  const redis = connect()
  const clock = await luaClock(redis, keys)
  onTestFinished(() => clock.remove())
  const scripts = loadDailyBudgetScripts(clock.file)
  return {
    clock,
    one: openDailyBudget(redis, keys, scripts),
    other: openDailyBudget(connect(), keys, scripts),
    /** Number of stored reservations. */
    kept: () => redis.hlen(keys.dailyReservations),
  }
}

const priced = (tokens: number) => ({ tokens, costUsd: tokens / 1_000 })

test.each([
  ['maxTokens', { maxTokens: 1_000 }],
  ['maxCostUsd', { maxCostUsd: 1 }],
] as const)(
  'concurrent callers reserve no more than %s and get the start of the next day',
  async (limit, limits) => {
    const { one, other } = await start()
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 === 0 ? one : other).reserve(`c${index}`, priced(100), HOUR_MS, limits),
      ),
    )
    expect(answers.filter(({ outcome }) => outcome === 'reserved')).toHaveLength(10)
    const over = { outcome: 'over', limit, until: '2023-11-15T00:00:00.000Z' }
    expect(answers.filter(({ outcome }) => outcome === 'over')).toEqual(Array(30).fill(over))
    expect(await one.read()).toMatchObject({ tokens: 0, reservedTokens: 1_000, reservedCostUsd: 1 })
  },
)

test('unused reservations are refunded, and spend is reset at midnight UTC', async () => {
  const { one, other, clock } = await start()
  const limits = { maxTokens: 1_000 }
  await one.reserve('a', priced(800), HOUR_MS, limits)
  expect(await other.reserve('b', priced(300), HOUR_MS, limits)).toMatchObject({ outcome: 'over' })
  await one.settle('a', priced(700), limits)
  expect(await other.reserve('b', priced(300), HOUR_MS, limits)).toEqual({ outcome: 'reserved' })
  await other.settle('b', priced(300), limits)
  expect(await one.reserve('c', priced(1), HOUR_MS, limits)).toMatchObject({ outcome: 'over' })
  expect(await one.read()).toMatchObject({ tokens: 1_000, calls: 2, reservedTokens: 0 })
  await clock.advance(2 * HOUR_MS)
  expect(await one.read()).toMatchObject({ tokens: 0, calls: 0, until: '2023-11-16T00:00:00.000Z' })
  expect(await one.reserve('d', priced(1_000), HOUR_MS, limits)).toEqual({ outcome: 'reserved' })
})

test('a call across midnight stays reserved and counts on the day on which it ends', async () => {
  const { one, clock } = await start()
  const limits = { maxTokens: 1_000 }
  await one.reserve('long', priced(600), DAY_MS, limits)
  await clock.advance(2 * HOUR_MS)
  expect(await one.reserve('next', priced(500), HOUR_MS, limits)).toMatchObject({ outcome: 'over' })
  await one.settle('long', priced(550), limits)
  expect(await one.read()).toMatchObject({ tokens: 550, costUsd: 0.55, reservedTokens: 0 })
})

test('a repeated command changes nothing', async () => {
  const { one } = await start()
  const limits = { maxTokens: 1_000 }
  for (let n = 0; n < 2; n += 1) await one.reserve('a', priced(800), HOUR_MS, limits)
  expect(await one.read()).toMatchObject({ reservedTokens: 800 })
  for (let n = 0; n < 2; n += 1) await one.settle('a', priced(700), limits)
  expect(await one.read()).toMatchObject({ tokens: 700, calls: 1, reservedTokens: 0 })
})

test('without limits a repeated settlement counts once, and its call leaves no key', async () => {
  const { one, clock, kept } = await start()
  for (let n = 0; n < 2; n += 1) await one.settle('a', priced(700), {})
  expect(await one.read()).toMatchObject({ tokens: 700, calls: 1, reservedTokens: 0 })
  await clock.advance(HOUR_MS)
  expect(await one.read()).toMatchObject({ tokens: 700, calls: 1, reservedTokens: 0 })
  expect(await kept()).toBe(0)
})

test('unknown usage and dead callers count as their reservation', async () => {
  const { one, clock } = await start()
  const limits = { maxTokens: 1_000 }
  await one.reserve('let go', priced(100), HOUR_MS, limits)
  await one.settle('let go', 'unknown', limits)
  await one.reserve('died', priced(200), 60_000, limits)
  await clock.advance(59_000)
  expect(await one.read()).toMatchObject({ tokens: 100, reservedTokens: 200 })
  await clock.advance(1_000)
  expect(await one.read()).toMatchObject({ tokens: 300, costUsd: 0.3, reservedTokens: 0 })
  // The caller is alive: its usage is counted already.
  await one.settle('died', priced(150), limits)
  expect(await one.read()).toMatchObject({ tokens: 300 })
})

test('estimated tokens and unknown usage count as estimated', async () => {
  const { one } = await start()
  await one.settle('reported', priced(100), {})
  expect(await one.read()).toMatchObject({ estimatedTokens: 0, pricing: 'known' })
  await one.settle('mixed', { ...priced(100), estimatedTokens: 40 }, {})
  expect(await one.read()).toMatchObject({
    tokens: 200,
    estimatedTokens: 40,
    costUsd: 0.2,
    pricing: 'estimated',
  })
  const limits = { maxTokens: 10_000 }
  await one.reserve('cut off', priced(300), HOUR_MS, limits)
  await one.settle('cut off', 'unknown', limits)
  expect(await one.read()).toMatchObject({ tokens: 500, estimatedTokens: 340 })
  await one.settle('unpriced', { tokens: 1, costUsd: null, estimatedTokens: 1 }, {})
  expect(await one.read()).toMatchObject({ costUsd: null, pricing: 'unknown' })
})

test('an unknown price rejects calls under a cost limit and makes the cost of the day unknown', async () => {
  const { one } = await start()
  const unknown = { tokens: 100, costUsd: null }
  expect(await one.reserve('a', unknown, HOUR_MS, { maxCostUsd: 1 })).toEqual({
    outcome: 'unpriced',
  })
  expect(await one.reserve('a', unknown, HOUR_MS, { maxTokens: 1_000 })).toEqual({
    outcome: 'reserved',
  })
  await one.settle('a', unknown, { maxTokens: 1_000 })
  await one.settle('b', priced(50), {})
  expect(await one.read()).toMatchObject({
    tokens: 150,
    costUsd: null,
    pricing: 'unknown',
    knownCostUsd: 0.05,
    unpricedTokens: 100,
  })
})

test('80 % of a limit is reported once a day; without limits spend is counted and not reported', async () => {
  const { one, clock } = await start()
  const limits = { maxCostUsd: 1 }
  const spend = async (call: string, tokens: number) => {
    await one.reserve(call, priced(tokens), HOUR_MS, limits)
    return one.settle(call, priced(tokens), limits)
  }
  expect(await spend('a', 790)).toBeUndefined()
  expect(await spend('b', 10)).toBe('maxCostUsd')
  expect(await spend('c', 100)).toBeUndefined()
  await clock.advance(2 * HOUR_MS)
  expect(await spend('d', 900)).toBe('maxCostUsd')
  expect(await one.settle('free', priced(5_000), {})).toBeUndefined()
  expect(await one.read()).toMatchObject({ tokens: 5_900 })
})
