import type { TestProject } from 'vitest/node'
import { startOwnRedis } from './own-redis.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    redisUrl: string
  }
}

/** One Redis for the whole run: REDIS_URL when given, else a process of our own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['REDIS_URL']
  if (given) {
    project.provide('redisUrl', given)
    return async () => {}
  }
  const redis = await startOwnRedis()
  project.provide('redisUrl', redis.url)
  return () => redis.stop()
}
