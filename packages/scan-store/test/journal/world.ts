import { Redis } from 'ioredis'
import { afterAll, beforeAll } from 'vitest'
import { openJournal } from '@capstan/scan-store/journal/journal'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { RedisKeys } from '@capstan/redis/keys'
import type { RedisVariant } from '@capstan/testkit/redis-variants'

/** Filled in before the first test of the file runs. */
export interface Bench {
  journal: Journal
  redis: Redis
  keys: RedisKeys
  /** A second journal on a connection of its own. */
  rival: Journal
}

/** Opens connections for all tests of a file and closes them after the last. */
export function useWorld(start: () => Promise<RedisVariant>): () => Bench {
  let bench: Bench | undefined
  const stack = new AsyncDisposableStack()
  beforeAll(async () => {
    const world = await start()
    stack.defer(() => world.stop())
    const connect = (url: string): Redis => {
      const redis = new Redis(url)
      stack.defer(() => redis.disconnect())
      return redis
    }
    const { keys } = world
    const redis = connect(world.url)
    bench = {
      redis,
      keys,
      journal: openJournal(redis, keys),
      rival: openJournal(connect(world.url), keys),
    }
  })
  afterAll(() => stack.disposeAsync())
  return () => {
    if (!bench) throw new Error('the world is there only while tests run')
    return bench
  }
}

/** Every key of a scan. By SCAN, because the least-privilege user may not run KEYS. */
export async function keysOf({ redis, keys }: Bench, scanId: string): Promise<string[]> {
  const found = new Set<string>()
  const pages = redis.scanStream({ match: `${keys.scan(scanId)}*`, count: 1000 })
  for await (const page of pages as AsyncIterable<string[]>) {
    for (const key of page) found.add(key)
  }
  return [...found]
}
