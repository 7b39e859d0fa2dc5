import type { Redis } from 'ioredis'
import { z } from 'zod'
import { CapabilityOverride } from '@capstan/shared/contract/capability'
import type { RedisKeys } from '@capstan/redis/keys'

const Stored = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(CapabilityOverride)

/** What people say of types, whether the catalog knows the type right now or not. In Redis, beside the rows: put.lua reads it. */
export interface OverrideStore {
  set(cluster: string, resource: string, override: CapabilityOverride): Promise<void>
  /** Answers whether there was one. */
  remove(cluster: string, resource: string): Promise<boolean>
}

export function openOverrideStore(redis: Redis, keys: RedisKeys): OverrideStore {
  return {
    set: async (cluster, resource, override) => {
      await redis.hset(keys.overrides(cluster), resource, JSON.stringify(override))
    },
    remove: async (cluster, resource) => (await redis.hdel(keys.overrides(cluster), resource)) > 0,
  }
}

/** As it is stored; what cannot be read says nothing. */
export function parseOverride(text: string): CapabilityOverride | undefined {
  // Nearly no type has one, and a schema that says no to nothing makes an error each time.
  return text === '' ? undefined : Stored.safeParse(text).data
}
