import type { Redis } from 'ioredis'
import { z } from 'zod'
import { CapabilityOverride } from '@capstan/shared/contract/capability'
import type { RedisKeys } from '@capstan/redis/keys'

const StoredOverride = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(CapabilityOverride)

/** Overrides of people, also for types without a row. Stored in Redis beside the rows, because put.lua reads them. */
export interface OverrideStore {
  set(cluster: string, resource: string, override: CapabilityOverride): Promise<void>
  /** Returns whether there was one. */
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

/** Parses a stored override. An unreadable one counts as none. */
export function parseOverride(text: string): CapabilityOverride | undefined {
  // Nearly no type has an override, and a failed parse creates an error object each time.
  return text === '' ? undefined : StoredOverride.safeParse(text).data
}
