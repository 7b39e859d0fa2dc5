import { createRedisKeys, type RedisKeys } from '@capstan/redis/keys'
import { startAclRedis } from './acl-redis.ts'
import { startClusterRedis } from './cluster-redis.ts'

/** A Redis variant for test suites. */
export interface RedisVariant {
  url: string
  keys: RedisKeys
  stop(): Promise<void>
}

/** Redis variants on which scripts must also work, besides a plain server. */
export const REDIS_VARIANTS: [string, () => Promise<RedisVariant>][] = [
  ['as the least-privilege user', createAclVariant],
  ['on a Redis Cluster', createClusterVariant],
]

async function createAclVariant(): Promise<RedisVariant> {
  const keys = createRedisKeys()
  const redis = await startAclRedis(keys.prefix)
  const stop = async (): Promise<void> => {
    const refused = await redis.refused()
    await redis.stop()
    if (refused.length > 0) throw new Error(`the ACL refused:\n${refused.join('\n')}`)
  }
  return { url: redis.url, keys, stop }
}

async function createClusterVariant(): Promise<RedisVariant> {
  const redis = await startClusterRedis()
  return { url: redis.url, keys: createRedisKeys(), stop: redis.stop }
}
