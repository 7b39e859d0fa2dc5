import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '../redis/keys.ts'
import { joinCalls } from '../redis/join-calls.ts'
import { releaseLease } from '../redis/lease.ts'
import { luaScript } from '../redis/lua-script.ts'
import { StoredResult } from './stored-result.ts'
import { UnfinishedAnswer } from './unfinished-answer.ts'
import { unfinishedSide } from './unfinished-side.ts'

/** As long as a finished scan stays readable. Every use by an unchanged cluster goes through the catalog. */
const KEEP_SECONDS = 30 * 86_400

const scripts = {
  put: luaScript(new URL('./put.lua', import.meta.url)),
  lease: luaScript(new URL('./lease.lua', import.meta.url)),
}

export type Lease =
  /** Pay, put, release. `unfinished`: what was paid before, to go on from. */
  | { outcome: 'mine'; unfinished?: UnfinishedAnswer }
  /** Somebody else is paying; `retryAfterMs` is when the lease ends at the latest. */
  | { outcome: 'busy'; retryAfterMs: number }
  | { outcome: 'stored'; result: StoredResult }

interface LeaseOptions {
  onlyOf?: string | undefined
  /** Default true. */
  mayTakeOver?: boolean | undefined
}

/** Answers under their content key, so that the same question is paid for once, whoever asks it. */
export interface ResultCache {
  get(contentKey: string): Promise<StoredResult | undefined>
  /**
   * The answers of many keys, in their order; undefined where there is none that can be read. `onlyOf`: answers of other
   * scans do not count (mode `full`). Takes no lease. Rejects when Redis does.
   */
  find(
    contentKeys: string[],
    options?: { onlyOf?: string | undefined },
  ): Promise<(StoredResult | undefined)[]>
  /** `owner` gives its lease back in the same step; what was unfinished is forgotten. */
  put(contentKey: string, result: StoredResult, owner?: string): Promise<void>
  /**
   * `onlyOf`: answers of other scans do not count (mode `full`). The same owner may lease again, unless it says that
   * it must not take over what it leased before.
   */
  lease(contentKey: string, owner: string, ttlMs: number, options?: LeaseOptions): Promise<Lease>
  release(contentKey: string, owner: string): Promise<void>
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
  const put = joinCalls(MOST_JOINED, async (_: string, kept: Keeping[]) => {
    const args = kept.flatMap(({ result, owner }) => [JSON.stringify(result), owner])
    await scripts.put.run(redis, kept.flatMap(namesOf), [KEEP_SECONDS, ...args])
    return kept.map(() => true)
  })
  const lease = joinCalls(MOST_JOINED, async (_: string, asked: Asking[]) => {
    const args = asked.flatMap(({ owner, ttlMs, onlyOf, mayTakeOver }) => [
      owner,
      Math.ceil(ttlMs),
      onlyOf,
      mayTakeOver ? 1 : 0,
    ])
    const replies = await scripts.lease.run(redis, asked.flatMap(namesOf), args)
    return LeaseReplies.parse(replies).map(asLeaseReply)
  })
  const take = async (asking: Asking): Promise<Lease> => {
    const taken = asLease(await lease('lease', asking), asking)
    if (taken) return taken
    // An entry of an older shape: it can only be paid for again.
    await redis.del(keys.result(asking.contentKey))
    return take(asking)
  }
  return {
    get: async (contentKey) => parseStored(await redis.get(keys.result(contentKey))),
    find: (contentKeys, { onlyOf } = {}) =>
      findResults(
        redis,
        contentKeys.map(keys.result),
        ({ scanId }) => onlyOf === undefined || scanId === onlyOf,
      ),
    put: async (contentKey, result, owner = '') => {
      await put('put', { contentKey, result, owner })
    },
    lease: (contentKey, owner, ttlMs, { onlyOf = '', mayTakeOver = true } = {}) =>
      take({ contentKey, owner, ttlMs, onlyOf, mayTakeOver }),
    release: async (contentKey, owner) => {
      await releaseLease(redis, { key: keys.resultLease(contentKey), owner })
    },
    ...unfinishedSide(redis, keys),
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

interface Asking {
  contentKey: string
  owner: string
  ttlMs: number
  onlyOf: string
  mayTakeOver: boolean
}

/** Answers are a few KB each. */
const MOST_JOINED = 50
/** Keys in one MGET: a few hundred KB of answers. */
const FIND_CHUNK = 200

const LeaseReply = z.union([
  z.tuple([z.literal('mine'), z.string()]),
  z.tuple([z.literal('busy'), z.int()]),
  z.tuple([z.literal('stored'), z.string()]),
])

const LeaseReplies = z.array(z.array(z.unknown()))

/** The usual reply is known by its first words: trying each shape in turn shows in the profile of short jobs. */
function asLeaseReply(reply: unknown[]): z.infer<typeof LeaseReply> {
  return reply[0] === 'mine' && reply[1] === '' ? ['mine', ''] : LeaseReply.parse(reply)
}

/** Undefined when what is stored cannot be read. */
function asLease(
  reply: z.infer<typeof LeaseReply>,
  { onlyOf }: Pick<Asking, 'onlyOf'>,
): Lease | undefined {
  if (reply[0] === 'mine') {
    const unfinished = parseText(UnfinishedAnswer, reply[1])
    const isUsable = unfinished && (onlyOf === '' || unfinished.scanId === onlyOf)
    return { outcome: 'mine', ...(isUsable ? { unfinished } : {}) }
  }
  if (reply[0] === 'busy') return { outcome: 'busy', retryAfterMs: reply[1] }
  const result = parseStored(reply[1])
  return result && { outcome: 'stored', result }
}

function parseStored(text: string | null): StoredResult | undefined {
  return parseText(StoredResult, text ?? '')
}

/** What another version or another program wrote counts as absent. */
function parseText<T extends z.ZodType>(schema: T, text: string): z.infer<T> | undefined {
  if (text === '') return undefined
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
