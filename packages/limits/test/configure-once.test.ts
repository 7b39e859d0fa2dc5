import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { configureOnce } from '@capstan/limits/limiter/configure-once'
import type { ConfiguredLimits } from '@capstan/limits/types'
import { testRedis } from '@capstan/testkit/redis'
import { attempt, FREE, newLimitKey } from './limiter-fixtures.ts'

test('a process restarted with other limits applies them from its first call on', async () => {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  const open = (limits: ConfiguredLimits) => {
    const limitsFor = () => limits
    return configureOnce(openLimiter({ redis, keys, limitsFor }), limitsFor)
  }
  const limitKey = newLimitKey()
  const before = open({ ...FREE, perMinute: { requests: 100 } })
  await before.acquire(limitKey, attempt())
  const after = open({ ...FREE, perMinute: { requests: 7 } })
  await after.acquire(limitKey, attempt())
  expect((await before.snapshot(limitKey)).dimensions.requests?.limit).toBe(7)
})

test('a snapshot of a limit key without calls shows the configured limits', async () => {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  const limitsFor = () => ({ ...FREE, concurrency: { start: 30, max: 40 } })
  const limiter = configureOnce(openLimiter({ redis, keys, limitsFor }), limitsFor)
  expect((await limiter.snapshot(newLimitKey())).concurrency.limit).toBe(30)
})
