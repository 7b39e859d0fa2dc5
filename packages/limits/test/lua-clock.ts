import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'

/** A clock for limit scripts that only the test advances. */
export interface LuaClock {
  file: URL
  now(): number
  advance(ms: number): Promise<void>
  remove(): Promise<void>
}

/** Under the prefix of the test, as ACL and hash slot require. */
export async function luaClock(redis: Redis, keys: RedisKeys): Promise<LuaClock> {
  const key = `${keys.prefix}:test-clock`
  const directory = await mkdtemp(join(tmpdir(), 'capstan-clock-'))
  const path = join(directory, 'clock.lua')
  await writeFile(path, `local function clock() return tonumber(redis.call('GET', '${key}')) end\n`)
  let nowMs = 1_700_000_000_000
  await redis.set(key, nowMs)
  return {
    file: pathToFileURL(path),
    now: () => nowMs,
    advance: async (ms) => {
      nowMs += ms
      await redis.set(key, nowMs)
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}
