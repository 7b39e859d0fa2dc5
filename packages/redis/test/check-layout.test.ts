import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { startTestProcess } from '@capstan/testkit/start-test-process'
import { checkLayout, LAYOUT } from '../src/check-layout.ts'

function open() {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  return { url, keys, redis }
}

test('the first process writes the layout version, and later ones of the same version start', async () => {
  const { redis, keys } = open()
  await checkLayout(redis, keys)
  expect(await redis.get(keys.layout)).toBe(LAYOUT)
  await checkLayout(redis, keys)
})

test('keys of another layout are refused and not changed', async () => {
  const { redis, keys } = open()
  await redis.set(keys.layout, '99')
  await expect(checkLayout(redis, keys)).rejects.toMatchObject({
    message: expect.stringContaining('layout 99'),
    hint: expect.stringContaining('CAPSTAN_REDIS_PREFIX'),
  })
  expect(await redis.get(keys.layout)).toBe('99')
})

test('keys without a layout version, from before each route had its own queue, are refused', async () => {
  const { redis, keys } = open()
  await redis.hset(`${keys.bullPrefix}:infer:meta`, 'max', 1)
  await expect(checkLayout(redis, keys)).rejects.toThrow(/an older version/)
  expect(await redis.exists(keys.layout)).toBe(0)
})

test.each(['api', 'worker'] as const)(
  '%s refuses to start on keys of another layout',
  async (name) => {
    const { url, redis, keys } = open()
    await redis.set(keys.layout, '99')
    const starting = startTestProcess(name, {
      REDIS_URL: url,
      CAPSTAN_REDIS_PREFIX: keys.prefix,
      PORT: '0',
    })
    await expect(starting).rejects.toThrow(/written by another version of Capstan/)
  },
)
