import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'

/** A script bound to no connection yet. `run` answers whatever the script returns. */
export interface LuaScript {
  run(redis: Redis, keys: string[], args: (string | number)[]): Promise<unknown>
}

const sources = new Set<string>()

/**
 * Reads a .lua file, with `preludes` put before it because Redis scripts cannot import. Runs by hash and
 * sends the text only when the server does not know it, as after a restart. Every key must be in `keys`:
 * Redis Cluster and the ACL check nothing else.
 */
export function defineLuaScript(file: URL, ...preludes: URL[]): LuaScript {
  const source = [...preludes, file].map((url) => readFileSync(url, 'utf8')).join('\n')
  sources.add(source)
  const hash = createHash('sha1').update(source).digest('hex')
  return {
    run: async (redis, keys, args) => {
      try {
        // An array, because a plan of 10,000 types has more arguments than a call can spread.
        return await redis.call('EVALSHA', [hash, keys.length, ...keys, ...args])
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
        return redis.call('EVAL', [source, keys.length, ...keys, ...args])
      }
    },
  }
}

/**
 * Gives the server every script that this process has read, so that nobody's first call has to send and compile one.
 * Never throws: a script the server lacks is sent when it runs.
 */
export async function preloadLuaScripts(redis: Redis): Promise<void> {
  await Promise.allSettled([...sources].map((source) => redis.script('LOAD', source)))
}
