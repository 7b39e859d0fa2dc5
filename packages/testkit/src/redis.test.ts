import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { testRedis } from './redis.ts'

test('a test gets a real Redis and a prefix of its own', async () => {
  const first = testRedis()
  const second = testRedis()
  expect(first.keys.prefix).not.toBe(second.keys.prefix)
  const redis = new Redis(first.url)
  await redis.set(first.keys.virtualTime, '1', 'EX', 5)
  expect(await redis.get(first.keys.virtualTime)).toBe('1')
  expect(await redis.get(second.keys.virtualTime)).toBeNull()
  redis.disconnect()
})
