import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { batchCalls } from '@capstan/redis/join-calls'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { openResultLeases, type ResultLeaseOwner, type ResultLeases } from './result-leases.ts'
import { parseStoredJson } from './parse-text.ts'
import { StoredResult } from '@capstan/shared/contract/stored-result'
import type { UnfinishedAnswer } from './unfinished-answer.ts'
import { openUnfinishedAnswers } from './unfinished-side.ts'

/** As long as a finished scan stays readable. Every use by an unchanged cluster goes through the catalog. */
const KEEP_SECONDS = 30 * 86_400

const putScript = defineLuaScript(new URL('./put.lua', import.meta.url))

/** Answers under their content key, so that equal questions of different scans are paid for once. */
export interface ResultCache extends ResultLeases {
  get(contentKey: string): Promise<StoredResult | undefined>
  /**
   * The answers of many keys, in their order; undefined where there is none that can be read. `onlyOf`: answers of other
   * scans do not count (mode `full`). Takes no lease. Rejects when Redis does.
   */
  find(
    contentKeys: string[],
    options?: { onlyOf?: string | undefined },
  ): Promise<(StoredResult | undefined)[]>
  /** The lease of `owner` is released in the same step; what was unfinished is forgotten. */
  put(contentKey: string, result: StoredResult, owner?: ResultLeaseOwner): Promise<void>
  /** Keeps what was paid for a question so far, for 7 days; the text without secrets and cut to what is quoted of it. */
  keepUnfinished(contentKey: string, unfinished: UnfinishedAnswer): Promise<void>
  /** The next caller begins with the first question again. */
  dropUnfinished(contentKey: string): Promise<void>
}

/**
 * The cache over one Redis connection, which stays the caller's. Leases that are asked for while a step is under way
 * go to Redis as the next one, and so do answers.
 */
export function openResultCache(redis: Redis, keys: RedisKeys): ResultCache {
  const namesOf = ({ contentKey }: { contentKey: string }): string[] => [
    keys.result(contentKey),
    keys.resultLease(contentKey),
    keys.unfinishedAnswer(contentKey),
  ]
  const put = batchCalls(MOST_JOINED, async (_: string, kept: Keeping[]) => {
    const args = kept.flatMap(({ result, owner }) => [JSON.stringify(result), owner])
    await putScript.run(redis, kept.flatMap(namesOf), [KEEP_SECONDS, ...args])
    return kept.map(() => true)
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

interface Keeping {
  contentKey: string
  result: StoredResult
  owner: string
}

/** Answers are a few KB each. */
const MOST_JOINED = 50
/** Keys in one MGET: a few hundred KB of answers. */
const FIND_CHUNK = 200

function parseStored(text: string | null): StoredResult | undefined {
  return parseStoredJson(StoredResult, text ?? '')
}
