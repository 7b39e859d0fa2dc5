import type { Redis } from 'ioredis'
import { luaScript } from './lua-script.ts'

const scripts = {
  take: luaScript(new URL('./take-lease.lua', import.meta.url)),
  keep: luaScript(new URL('./keep-lease.lua', import.meta.url)),
  release: luaScript(new URL('./release-lease.lua', import.meta.url)),
}

/** A key that one of all processes holds for a while. Redis errors pass through. */
export interface Lease {
  key: string
  /** Nobody else may use the same name. */
  owner: string
}

/** Takes a lease that is free, or makes one's own last `ms` from now. False: another has it. */
export async function takeLease(redis: Redis, { key, owner }: Lease, ms: number): Promise<boolean> {
  return (await scripts.take.run(redis, [key], [owner, ms])) === 1
}

/** Makes a lease last `ms` from now. False: it ran out meanwhile, also when nobody else has taken it. */
export async function keepLease(redis: Redis, { key, owner }: Lease, ms: number): Promise<boolean> {
  return (await scripts.keep.run(redis, [key], [owner, ms])) === 1
}

/** Gives a lease back. False: it ran out, and may be another's by now. */
export async function releaseLease(redis: Redis, { key, owner }: Lease): Promise<boolean> {
  return (await scripts.release.run(redis, [key], [owner])) === 1
}
