import { Redis } from 'ioredis'

/** Deletes the keys of a stack, so that the next one starts with the same Redis. */
export async function deletePrefix(redisUrl: string, prefix: string): Promise<void> {
  const redis = new Redis(redisUrl)
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1000 })) {
      if (Array.isArray(keys) && keys.length > 0) await redis.unlink(keys)
    }
  } finally {
    redis.disconnect()
  }
}
