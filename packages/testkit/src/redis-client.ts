import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'

/** A plain client, for tests of packages that know no Redis library. Closed with the test that asked for it. */
export function redisClient(url: string): Redis {
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  return redis
}
