import { connectRedis } from '@capstan/redis/connect'

/** Deletes every key with a prefix from a Redis server that Capstan does not own. */
export async function deleteKeys(url: string, prefix: string): Promise<void> {
  // The prefix contains braces only, which a pattern matches literally; brackets would need escapes.
  const redis = connectRedis(url, 'worker', () => undefined)
  try {
    let cursor = '0'
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}:*`, 'COUNT', 500)
      if (keys.length > 0) await redis.unlink(...keys)
      cursor = next
    } while (cursor !== '0')
  } finally {
    redis.disconnect()
  }
}
