import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { renewLease, releaseLease, takeLease } from '@capstan/redis/lease'

/** Longer than one request to the store with all its repetitions may take. */
const LEASE_MS = 60_000

export interface CopierLease {
  /** Prolongs it; throws when it ran out: another process may have copied by now. */
  keep(): Promise<void>
  release(): Promise<void>
}

/** Lets one process of all copy at a time. Undefined: another one does. */
export async function takeCopierLease(
  redis: Redis,
  keys: RedisKeys,
): Promise<CopierLease | undefined> {
  const lease = { key: keys.catalogCopier, owner: randomUUID() }
  if (!(await takeLease(redis, lease, LEASE_MS))) return undefined
  return {
    keep: async () => {
      if (await renewLease(redis, lease, LEASE_MS)) return
      throw new Error('another process copies the catalog by now')
    },
    release: async () => {
      await releaseLease(redis, lease)
    },
  }
}
