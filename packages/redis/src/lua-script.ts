import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'

/** A Lua script. `run` returns the reply of the script. */
export interface LuaScript {
  run(redis: Redis, keys: string[], args: (string | number)[]): Promise<unknown>
}

const sources = new Set<string>()

/**
 * Reads a .lua file and prepends `preludes`, because Redis scripts cannot import. Runs by hash and sends the text only if the
 * server does not have it, for example after a restart. Every used key must be in `keys`: Redis Cluster and the ACL check only
 * these.
 */
export function defineLuaScript(file: URL, ...preludes: URL[]): LuaScript {
  const source = [...preludes, file].map((url) => readFileSync(url, 'utf8')).join('\n')
  sources.add(source)
  const hash = createHash('sha1').update(source).digest('hex')
  return {
    run: async (redis, keys, args) => {
      try {
        // An array, because a plan of 10,000 types has more arguments than a spread call allows.
        return await redis.call('EVALSHA', [hash, keys.length, ...keys, ...args])
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
        return redis.call('EVAL', [source, keys.length, ...keys, ...args])
      }
    },
  }
}

/**
 * Loads all scripts of this process into the server, so that no first call has to send and compile one. Never throws: a missing
 * script is sent when it runs.
 */
export async function preloadLuaScripts(redis: Redis): Promise<void> {
  await Promise.allSettled([...sources].map((source) => redis.script('LOAD', source)))
}
