import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { createRedisKeys, type RedisKeys } from '@capstan/redis/keys'

// Beside its reader, so that the compiler finds it in a check of one package too.
declare module 'vitest' {
  export interface ProvidedContext {
    redisUrl: string
  }
}

export interface TestRedis {
  url: string
  /** Keys under a prefix that no other test uses. */
  keys: RedisKeys
}

/** Returns the Redis of this test run (global-setup.ts) with a new prefix. */
export function testRedis(): TestRedis {
  return { url: inject('redisUrl'), keys: createRedisKeys(`{t-${randomBytes(6).toString('hex')}}`) }
}
