import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { batchCalls } from '@capstan/redis/batch-calls'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { openResultLeases, type ResultLeaseOwner, type ResultLeases } from './result-leases.ts'
import { parseStoredJson } from './parse-stored-json.ts'
import { StoredResult } from '@capstan/shared/contract/stored-result'
import { openUnfinishedAnswers, type UnfinishedAnswerStore } from './unfinished-answer.ts'

/** As long as a finished scan stays readable. An unchanged cluster reads its answers from the catalog. */
const KEEP_SECONDS = 30 * 86_400

const putScript = defineLuaScript(new URL('./lua/store-results.lua', import.meta.url))

/** Answers by content key, so that equal questions of all scans are paid for once. */
export interface ResultCache extends ResultLeases, UnfinishedAnswerStore {
  get(contentKey: string): Promise<StoredResult | undefined>
  /**
   * Reads the answers of many keys, in their order; undefined where no valid answer is stored. `onlyOf`: ignore answers of
   * other scans (mode `full`). Acquires no lease. Redis errors pass through.
   */
  find(
    contentKeys: string[],
    options?: { onlyOf?: string | undefined },
  ): Promise<(StoredResult | undefined)[]>
  /** Stores an answer, releases the lease of `owner` and removes the unfinished answer, in one step. */
  put(contentKey: string, result: StoredResult, owner?: ResultLeaseOwner): Promise<void>
}

/**
 * Opens the cache over one Redis connection. The caller owns the connection. Concurrent `lease` calls share one script call, and
 * so do concurrent `put` calls.
 */
export function openResultCache(redis: Redis, keys: RedisKeys): ResultCache {
  const listKeys = ({ contentKey }: { contentKey: string }): string[] => [
    keys.result(contentKey),
    keys.resultLease(contentKey),
    keys.unfinishedAnswer(contentKey),
  ]
  const put = batchCalls(MAX_ITEMS, async (_: string, entries: ResultEntry[]) => {
    const args = entries.flatMap(({ result, owner }) => [JSON.stringify(result), owner])
    await putScript.run(redis, entries.flatMap(listKeys), [KEEP_SECONDS, ...args])
    return entries.map(() => true)
  })
  return {
    get: async (contentKey) => parseStored(await redis.get(keys.result(contentKey))),
    find: (contentKeys, { onlyOf } = {}) =>
      findResults(
        redis,
        contentKeys.map(keys.result),
        ({ scanId }) => onlyOf === undefined || scanId === onlyOf,
      ),
    put: async (contentKey, result, owner) => {
      await put('put', { contentKey, result, owner: owner?.id ?? '' })
    },
    ...openResultLeases(redis, keys),
    ...openUnfinishedAnswers(redis, keys),
  }
}

async function findResults(
  redis: Redis,
  names: string[],
  serves: (result: StoredResult) => boolean,
): Promise<(StoredResult | undefined)[]> {
  const found: (StoredResult | undefined)[] = []
  for (let from = 0; from < names.length; from += FIND_CHUNK) {
    for (const text of await redis.mget(names.slice(from, from + FIND_CHUNK))) {
      const result = parseStored(text)
      found.push(result && serves(result) ? result : undefined)
    }
  }
  return found
}

interface ResultEntry {
  contentKey: string
  result: StoredResult
  owner: string
}

/** Answers are a few KB each. */
const MAX_ITEMS = 50
/** Keys in one MGET: a few hundred KB of answers. */
const FIND_CHUNK = 200

function parseStored(text: string | null): StoredResult | undefined {
  return parseStoredJson(StoredResult, text ?? '')
}
