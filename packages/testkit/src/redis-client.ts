import { Redis } from 'ioredis'
import { onTestFinished } from './on-test-finished.ts'

/** A plain client for tests of packages without a Redis library. It is closed with the test. */
export function redisClient(url: string): Redis {
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  return redis
}
