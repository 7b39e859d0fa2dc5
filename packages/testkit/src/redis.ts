import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { createRedisKeys, type RedisKeys } from '@capstan/redis/keys'

export interface TestRedis {
  url: string
  /** Keys under a prefix no other test uses. */
  keys: RedisKeys
}

/** The Redis of this test run (see global-setup.ts) under a prefix of the caller's own. */
export function testRedis(): TestRedis {
  return { url: inject('redisUrl'), keys: createRedisKeys(`{t-${randomBytes(6).toString('hex')}}`) }
}
