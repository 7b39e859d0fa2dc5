import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '../redis/keys.ts'
import { luaScript } from '../redis/lua-script.ts'
import { StoredResult } from './stored-result.ts'

/** As long as a finished scan stays readable. Every use by an unchanged cluster goes through the catalog. */
const KEEP_SECONDS = 30 * 86_400

const scripts = {
  put: luaScript(new URL('./put.lua', import.meta.url)),
  lease: luaScript(new URL('./lease.lua', import.meta.url)),
  release: luaScript(new URL('./release.lua', import.meta.url)),
}

export type Lease =
  /** Pay, put, release. */
  | { outcome: 'mine' }
  /** Somebody else is paying; `retryAfterMs` is when the lease ends at the latest. */
  | { outcome: 'busy'; retryAfterMs: number }
  | { outcome: 'stored'; result: StoredResult }

/** Answers under their content key, so that the same question is paid for once, whoever asks it. */
export interface ResultCache {
  get(contentKey: string): Promise<StoredResult | undefined>
  /** `owner` gives its lease back in the same step. */
  put(contentKey: string, result: StoredResult, owner?: string): Promise<void>
  /** `onlyOf`: answers of other scans do not count (mode `full`). The same owner may lease again. */
  lease(
    contentKey: string,
    owner: string,
    ttlMs: number,
    options?: { onlyOf?: string },
  ): Promise<Lease>
  release(contentKey: string, owner: string): Promise<void>
  /** Which keys have an answer, in their order. */
  has(contentKeys: string[]): Promise<boolean[]>
}

/** The cache over one Redis connection, which stays the caller's. */
export function openResultCache(redis: Redis, keys: RedisKeys): ResultCache {
  return {
    get: async (contentKey) => parseStored(await redis.get(keys.result(contentKey))),
    put: async (contentKey, result, owner = '') => {
      const names = [keys.result(contentKey), keys.resultLease(contentKey)]
      await scripts.put.run(redis, names, [JSON.stringify(result), KEEP_SECONDS, owner])
    },
    lease: (contentKey, owner, ttlMs, { onlyOf = '' } = {}) =>
      takeLease(redis, keys, contentKey, [owner, Math.ceil(ttlMs), onlyOf]),
    release: async (contentKey, owner) => {
      await scripts.release.run(redis, [keys.resultLease(contentKey)], [owner])
    },
    has: async (contentKeys) => {
      if (contentKeys.length === 0) return []
      const pipeline = redis.pipeline()
      for (const contentKey of contentKeys) pipeline.exists(keys.result(contentKey))
      const replies = (await pipeline.exec()) ?? []
      return replies.map(([error, found]) => {
        if (error) throw error
        return found === 1
      })
    },
  }
}

const LeaseReply = z.union([
  z.tuple([z.literal('mine')]),
  z.tuple([z.literal('busy'), z.int()]),
  z.tuple([z.literal('stored'), z.string()]),
])

async function takeLease(
  redis: Redis,
  keys: RedisKeys,
  contentKey: string,
  args: [owner: string, ttlMs: number, onlyOf: string],
): Promise<Lease> {
  const names = [keys.result(contentKey), keys.resultLease(contentKey)]
  const reply = LeaseReply.parse(await scripts.lease.run(redis, names, args))
  if (reply[0] === 'mine') return { outcome: 'mine' }
  if (reply[0] === 'busy') return { outcome: 'busy', retryAfterMs: reply[1] }
  const result = parseStored(reply[1])
  if (result) return { outcome: 'stored', result }
  // An entry of an older shape: it can only be paid for again.
  await redis.del(keys.result(contentKey))
  return takeLease(redis, keys, contentKey, args)
}

/** What an older version wrote, or somebody else, counts as absent. */
function parseStored(text: string | null): StoredResult | undefined {
  if (text === null) return undefined
  try {
    return StoredResult.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
