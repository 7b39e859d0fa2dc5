import { Redis } from 'ioredis'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import {
  computeFairPriority,
  openVirtualClock,
  readVirtualTime,
} from '@capstan/scan-store/queue/virtual-time'

function open() {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  return { redis, keys }
}

test('every priority is in the range of BullMQ and never 0', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.nat(10_000_000),
      fc.constantFrom('high', 'normal', 'low'),
      (now, place, priority) => {
        const value = computeFairPriority(now, place, priority)
        expect(Number.isInteger(value)).toBe(true)
        expect(value).toBeGreaterThanOrEqual(1)
        expect(value).toBeLessThanOrEqual(2_097_151)
      },
    ),
  )
})

test('high priority goes before normal, and low gets a quarter of the share of normal', () => {
  expect(computeFairPriority(100, 7, 'high')).toBe(100)
  expect(computeFairPriority(100, 7, 'normal')).toBe(108)
  expect(computeFairPriority(100, 7, 'low')).toBe(132)
})

const QUEUE = 'infer-demo'

const scanOn = (queue: string): string =>
  JSON.stringify({ queue, provider: 'demo', model: 'demo-rules', cluster: 'c', token: 't' })

test('the virtual time of a route only increases while several scans use the route', async () => {
  const { redis, keys } = open()
  await redis.hset(keys.activeScans, { a: scanOn(QUEUE), b: scanOn(QUEUE) })
  const clock = openVirtualClock(redis, keys, QUEUE)
  clock.advance(40)
  clock.advance(12)
  await clock.flush()
  expect(await readVirtualTime(redis, keys, { queue: QUEUE, scanId: 'b' })).toBe(40)
  clock.advance(7)
  await clock.flush()
  expect(await readVirtualTime(redis, keys, { queue: QUEUE, scanId: 'b' })).toBe(40)
})

test('virtual time restarts at 0 for a scan that is alone on its route', async () => {
  const { redis, keys } = open()
  await redis.hset(keys.activeScans, { a: scanOn(QUEUE), b: scanOn(QUEUE) })
  const clock = openVirtualClock(redis, keys, QUEUE)
  clock.advance(900)
  await clock.flush()
  await redis.hset(keys.activeScans, { a: scanOn('infer-other') })
  expect(await readVirtualTime(redis, keys, { queue: QUEUE, scanId: 'b' })).toBe(0)
})

test('a fast route does not advance the virtual time of a slow one', async () => {
  const { redis, keys } = open()
  await redis.hset(keys.activeScans, { a: scanOn('infer-slow'), b: scanOn('infer-slow') })
  const fast = openVirtualClock(redis, keys, 'infer-fast')
  fast.advance(2_000_000)
  await fast.flush()
  expect(await readVirtualTime(redis, keys, { queue: 'infer-slow', scanId: 'b' })).toBe(0)
})
