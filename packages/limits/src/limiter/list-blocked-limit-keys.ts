import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Provider } from '@capstan/shared/contract/provider'
import { defineLuaScript, type LuaScript } from '@capstan/redis/lua-script'
import type { RedisKeys } from '@capstan/redis/keys'
import { REDIS_CLOCK } from './limit-scripts.ts'

/** A limit key as the index and the events of breakers name it. */
const ProviderLimitKey = z.object({ provider: Provider, account: z.string(), model: z.string() })
export type ProviderLimitKey = z.infer<typeof ProviderLimitKey>

/** A limit key that lets no call start because of a pause or its breaker. */
export interface BlockedLimitKey extends ProviderLimitKey {
  /** When that ends at the latest, RFC 3339, Redis time. */
  until: string
}

/** `clock` as in loadLimitScripts. */
export function loadListBlockedScript(clock: URL): LuaScript {
  return defineLuaScript(new URL('./lua/list-blocked.lua', import.meta.url), clock)
}

const LIST = loadListBlockedScript(REDIS_CLOCK)

/**
 * The blocked limit keys, the longest block first, at most `limit` of them (1 or more). A breaker that is half-open is listed
 * only while both its probes are under way. One step in Redis, whatever the number of limit keys. Redis errors pass through.
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
    const named = index % 2 === 0 ? asNamedLimitKey(text) : undefined
    return named ? [{ ...named, until: new Date(Number(flat[index + 1])).toISOString() }] : []
  })
}

/** Undefined for what another version wrote. */
function asNamedLimitKey(text: string): ProviderLimitKey | undefined {
  try {
    return ProviderLimitKey.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
