import { connectRedis } from '@capstan/redis/connect'

/** Removes every key under a prefix from a Redis that is not ours to throw away. */
export async function forgetKeys(url: string, prefix: string): Promise<void> {
  // Brackets and braces mean something in a pattern only when unescaped; the prefix holds braces alone.
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
