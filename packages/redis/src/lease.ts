import type { Redis } from 'ioredis'
import { defineLuaScript } from './lua-script.ts'

const scripts = {
  acquire: defineLuaScript(new URL('./acquire-lease.lua', import.meta.url)),
  renew: defineLuaScript(new URL('./renew-lease.lua', import.meta.url)),
  release: defineLuaScript(new URL('./release-lease.lua', import.meta.url)),
}

/** A key that one process at a time holds. Redis errors pass through. */
export interface RedisLease {
  key: string
  /** Unique name of the owner. */
  owner: string
}

/** Acquires a free lease, or extends the owner's lease to `ms` from now. False: another owner holds it. */
export async function acquireLease(
  redis: Redis,
  { key, owner }: RedisLease,
  ms: number,
): Promise<boolean> {
  return (await scripts.acquire.run(redis, [key], [owner, ms])) === 1
}

/** Extends a lease to `ms` from now. False: it has expired, even if it is still free. */
export async function renewLease(
  redis: Redis,
  { key, owner }: RedisLease,
  ms: number,
): Promise<boolean> {
  return (await scripts.renew.run(redis, [key], [owner, ms])) === 1
}

/** Releases a lease. False: it has expired, and another owner may hold it. */
export async function releaseLease(redis: Redis, { key, owner }: RedisLease): Promise<boolean> {
  return (await scripts.release.run(redis, [key], [owner])) === 1
}
