import { createRedisKeys, type RedisKeys } from '@capstan/redis/keys'
import { startAclRedis } from './acl-redis.ts'
import { startClusterRedis } from './cluster-redis.ts'

/** A Redis of some kind for test suites. */
export interface World {
  url: string
  keys: RedisKeys
  stop(): Promise<void>
}

/** Kinds of Redis that scripts must also work on, beside a plain one. */
export const OTHER_SERVERS: [string, () => Promise<World>][] = [
  ['as the least-privilege user', underAcl],
  ['on a Redis Cluster', onCluster],
]

async function underAcl(): Promise<World> {
  const keys = createRedisKeys()
  const redis = await startAclRedis(keys.prefix)
  const stop = async (): Promise<void> => {
    const refused = await redis.refused()
    await redis.stop()
    if (refused.length > 0) throw new Error(`the ACL refused:\n${refused.join('\n')}`)
  }
  return { url: redis.url, keys, stop }
}

async function onCluster(): Promise<World> {
  const redis = await startClusterRedis()
  return { url: redis.url, keys: createRedisKeys(), stop: redis.stop }
}
