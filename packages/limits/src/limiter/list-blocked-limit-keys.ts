import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Provider } from '@capstan/shared/contract/provider'
import { defineLuaScript, type LuaScript } from '@capstan/redis/lua-script'
import type { RedisKeys } from '@capstan/redis/keys'
import { REDIS_CLOCK } from './limit-scripts.ts'

/** A limit key with its provider, as in the index of blocked limit keys and in breaker events. */
const ProviderLimitKey = z.object({ provider: Provider, account: z.string(), model: z.string() })
export type ProviderLimitKey = z.infer<typeof ProviderLimitKey>

/** A limit key that is blocked by a pause or its breaker. */
export interface BlockedLimitKey extends ProviderLimitKey {
  /** Latest end of the block, RFC 3339, Redis time. */
  until: string
}

/** `clock` as in loadLimitScripts. */
export function loadListBlockedScript(clock: URL): LuaScript {
  return defineLuaScript(new URL('./lua/list-blocked.lua', import.meta.url), clock)
}

const LIST = loadListBlockedScript(REDIS_CLOCK)

/**
 * Lists the blocked limit keys, the longest block first, at most `limit` (1 or more). A half-open breaker is listed only while
 * both probes are in flight. One step in Redis for any number of limit keys. Redis errors pass through.
 */
export async function listBlockedLimitKeys(
  redis: Redis,
  keys: RedisKeys,
  limit = 200,
  script = LIST,
): Promise<BlockedLimitKey[]> {
  const reply = await script.run(redis, [keys.blockedLimitKeys], [limit])
  const flat = z.array(z.string()).parse(reply)
  return flat.flatMap((text, index) => {
    const named = index % 2 === 0 ? parseLimitKey(text) : undefined
    return named ? [{ ...named, until: new Date(Number(flat[index + 1])).toISOString() }] : []
  })
}

/** Returns undefined for an entry of another version. */
function parseLimitKey(text: string): ProviderLimitKey | undefined {
  try {
    return ProviderLimitKey.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
