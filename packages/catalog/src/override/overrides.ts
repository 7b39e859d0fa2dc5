import type { Redis } from 'ioredis'
import { z } from 'zod'
import { CapabilityOverride } from '@capstan/shared/contract/capability'
import type { RedisKeys } from '@capstan/shared/redis/keys'

const Stored = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(CapabilityOverride)

/** What people say of types, whether the catalog knows the type right now or not. In Redis, whatever the catalog is. */
export interface Overrides {
  set(cluster: string, resource: string, override: CapabilityOverride): Promise<void>
  /** Answers whether there was one. */
  remove(cluster: string, resource: string): Promise<boolean>
  /** In the order asked for. */
  of(cluster: string, resources: string[]): Promise<(CapabilityOverride | undefined)[]>
}

export function openOverrides(redis: Redis, keys: RedisKeys): Overrides {
  return {
    set: async (cluster, resource, override) => {
      await redis.hset(keys.overrides(cluster), resource, JSON.stringify(override))
    },
    remove: async (cluster, resource) => (await redis.hdel(keys.overrides(cluster), resource)) > 0,
    of: async (cluster, resources) => {
      if (resources.length === 0) return []
      const texts = await redis.hmget(keys.overrides(cluster), ...resources)
      // Nearly no type has one, and a schema that says no to nothing makes an error each time.
      return texts.map((text) => (text === null ? undefined : Stored.safeParse(text).data))
    },
  }
}
