import { Redis } from 'ioredis'
import { afterAll, beforeAll } from 'vitest'
import { openJournal } from '@capstan/scan-store/journal/journal'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { RedisKeys } from '@capstan/redis/keys'
import type { RedisVariant } from '@capstan/testkit/redis-variants'

/** Connections that are open while the tests of a file run. */
export interface JournalConnections {
  journal: Journal
  redis: Redis
  keys: RedisKeys
  /** A second journal over a connection of its own. */
  otherJournal: Journal
}

/** Opens connections for all tests of a file and closes them after the last. */
export function useJournalConnections(
  start: () => Promise<RedisVariant>,
): () => JournalConnections {
  let connections: JournalConnections | undefined
  const stack = new AsyncDisposableStack()
  beforeAll(async () => {
    const server = await start()
    stack.defer(() => server.stop())
    const connect = (url: string): Redis => {
      const redis = new Redis(url)
      stack.defer(() => redis.disconnect())
      return redis
    }
    const { keys } = server
    const redis = connect(server.url)
    connections = {
      redis,
      keys,
      journal: openJournal(redis, keys),
      otherJournal: openJournal(connect(server.url), keys),
    }
  })
  afterAll(() => stack.disposeAsync())
  return () => {
    if (!connections) throw new Error('the connections are open only while tests run')
    return connections
  }
}

/** Finds every key of a scan with SCAN, because the least-privilege user may not run KEYS. */
export async function listScanKeysInRedis(
  { redis, keys }: JournalConnections,
  scanId: string,
): Promise<string[]> {
  const found = new Set<string>()
  const pages = redis.scanStream({ match: `${keys.scan(scanId)}*`, count: 1000 })
  for await (const page of pages as AsyncIterable<string[]>) {
    for (const key of page) found.add(key)
  }
  return [...found]
}
