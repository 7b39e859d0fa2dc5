import type { Redis } from 'ioredis'
import { defineLuaScript } from './lua-script.ts'

const scripts = {
  take: defineLuaScript(new URL('./take-lease.lua', import.meta.url)),
  keep: defineLuaScript(new URL('./keep-lease.lua', import.meta.url)),
  release: defineLuaScript(new URL('./release-lease.lua', import.meta.url)),
}

/** A key that one of all processes holds for a while. Redis errors pass through. */
export interface RedisLease {
  key: string
  /** Nobody else may use the same name. */
  owner: string
}

/** Takes a lease that is free, or makes one's own last `ms` from now. False: another has it. */
export async function takeLease(
  redis: Redis,
  { key, owner }: RedisLease,
  ms: number,
): Promise<boolean> {
  return (await scripts.take.run(redis, [key], [owner, ms])) === 1
}

/** Makes a lease last `ms` from now. False: it ran out meanwhile, also when nobody else has taken it. */
export async function renewLease(
  redis: Redis,
  { key, owner }: RedisLease,
  ms: number,
): Promise<boolean> {
  return (await scripts.keep.run(redis, [key], [owner, ms])) === 1
}

/** Gives a lease back. False: it ran out, and may be another's by now. */
export async function releaseLease(redis: Redis, { key, owner }: RedisLease): Promise<boolean> {
  return (await scripts.release.run(redis, [key], [owner])) === 1
}
