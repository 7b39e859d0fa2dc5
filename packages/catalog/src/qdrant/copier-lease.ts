import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/shared/redis/keys'
import { luaScript } from '@capstan/shared/redis/lua-script'

const keepScript = luaScript(new URL('./keep-lease.lua', import.meta.url))
/** Longer than one request to the store with all its repetitions may take. */
const LEASE_MS = 60_000

export interface CopierLease {
  /** Prolongs it; throws when another process has it by now. */
  keep(): Promise<void>
  release(): Promise<void>
}

/** Lets one process of all copy at a time. Undefined: another one does. */
export async function takeCopierLease(
  redis: Redis,
  keys: RedisKeys,
): Promise<CopierLease | undefined> {
  const owner = randomUUID()
  const taken = await redis.set(keys.catalogCopier, owner, 'PX', LEASE_MS, 'NX')
  if (taken !== 'OK') return undefined
  const run = (ms: number) => keepScript.run(redis, [keys.catalogCopier], [owner, ms])
  return {
    keep: async () => {
      if ((await run(LEASE_MS)) !== 1) throw new Error('another process copies the catalog by now')
    },
    release: async () => {
      await run(0)
    },
  }
}
