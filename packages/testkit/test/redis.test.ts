import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { startAclRedis } from '@capstan/testkit/acl-redis'
import { startClusterRedis } from '@capstan/testkit/cluster-redis'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { testRedis } from '@capstan/testkit/redis'

function client(url: string): Redis {
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  return redis
}

test('a test gets a real Redis and its own prefix', async () => {
  const first = testRedis()
  const second = testRedis()
  expect(first.keys.prefix).not.toBe(second.keys.prefix)
  const redis = client(first.url)
  await redis.set(first.keys.layout, '1', 'EX', 5)
  expect(await redis.get(first.keys.layout)).toBe('1')
  expect(await redis.get(second.keys.layout)).toBeNull()
})

test('a Redis of a test keeps acknowledged writes across kill -9 and restart', async () => {
  const own = await startOwnRedis()
  onTestFinished(() => own.stop())
  await client(own.url).set('kept', 'yes')
  await own.kill()
  await own.restart()
  expect(await client(own.url).get('kept')).toBe('yes')
})

test('the least-privilege user can use only its prefix, and refused commands are listed', async () => {
  const own = await startAclRedis('{t-acl}')
  onTestFinished(() => own.stop())
  const redis = client(own.url)
  await redis.set('{t-acl}:a', '1')
  expect(await redis.eval("return redis.call('get', KEYS[1])", 1, '{t-acl}:a')).toBe('1')
  expect(await own.refused()).toEqual([])

  await expect(redis.get('other')).rejects.toThrow('NOPERM')
  await expect(redis.flushall()).rejects.toThrow('NOPERM')
  await expect(redis.config('GET', '*')).rejects.toThrow('NOPERM')
  expect(await own.refused()).toHaveLength(3)
})

test('a one-node cluster serves a plain client and refuses keys of two slots', async () => {
  const own = await startClusterRedis()
  onTestFinished(() => own.stop())
  const redis = client(own.url)
  await redis.mset('{a}:1', '1', '{a}:2', '2')
  await expect(redis.mset('{a}:1', '1', '{b}:2', '2')).rejects.toThrow('CROSSSLOT')
  await own.kill()
  await own.restart()
  expect(await client(own.url).get('{a}:2')).toBe('2')
})
