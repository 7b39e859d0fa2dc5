import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { renewLease, releaseLease, acquireLease } from '@capstan/redis/lease'

/** Longer than one request to Qdrant with all its retries. */
const LEASE_MS = 60_000

export interface CopierLease {
  /** Throws when the lease has expired: another process may have copied since. */
  renew(): Promise<void>
  release(): Promise<void>
}

/** Lets one process at a time copy the catalog. Undefined while another one copies. */
export async function takeCopierLease(
  redis: Redis,
  keys: RedisKeys,
): Promise<CopierLease | undefined> {
  const lease = { key: keys.catalogCopier, owner: randomUUID() }
  if (!(await acquireLease(redis, lease, LEASE_MS))) return undefined
  return {
    renew: async () => {
      if (await renewLease(redis, lease, LEASE_MS)) return
      throw new Error('the lease for copying the catalog has expired')
    },
    release: async () => {
      await releaseLease(redis, lease)
    },
  }
}
