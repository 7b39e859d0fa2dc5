import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { LearnedDialect } from '@capstan/shared/contract/dialect'
import type { Dialect } from '@capstan/shared/inference/dialect'
import type { LimitKey } from '../types.ts'
import type { RedisKeys } from '@capstan/redis/keys'
import { renewLease, releaseLease, type RedisLease } from '@capstan/redis/lease'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { publishSignal } from '@capstan/redis/signals/signal'
import { parseDialectEntry, formatDialect, type DialectEntry } from './dialect-entry.ts'

const clock = new URL('../limiter/lua/clock.lua', import.meta.url)
const scripts = {
  lookUp: defineLuaScript(new URL('./look-up.lua', import.meta.url), clock),
  store: defineLuaScript(new URL('./store.lua', import.meta.url), clock),
}

/** Lease of a negotiation. A call in progress renews it; after a crash the others wait this long. */
export const DIALECT_LEASE_MS = 10_000
/** A learned dialect is negotiated again after this: the server may have been upgraded. */
const RENEW_AFTER_MS = 7 * 86_400_000
/** Unfinished and failed negotiations expire after this. */
const EXPIRE_AFTER_MS = 600_000
const KEEP_MS = 30 * 86_400_000
const MAX_ENTRIES = 500

type Key = Pick<LimitKey, 'account' | 'model'>

export interface DialectLookupOptions {
  /** Unique id of the call that may negotiate. */
  owner: string
  /** Calls use the default dialect without waiting for the first answer of this endpoint. */
  isAssumed: boolean
  /** The dialect that the endpoint has just refused. */
  refused?: Dialect | undefined
  /** Repeats a negotiation that failed recently. */
  isForced?: boolean | undefined
}

/** `acquired`: the caller has the lease and negotiates. `busy`: another call has it, for at most `leaseMs` more if it crashed. */
export type DialectLookup =
  | { outcome: 'known' | 'acquired'; entry: DialectEntry | undefined }
  | { outcome: 'busy'; entry: DialectEntry | undefined; leaseMs: number }

/** Dialects of the endpoints of all accounts, shared by all processes. Redis errors pass through. */
export interface DialectMemory {
  lookUp(key: Key, options: DialectLookupOptions): Promise<DialectLookup>
  /**
   * Stores the result of a call. Ends the negotiation of `owner` unless it continues (`trying`). Without the lease it stores only
   * a learned dialect where none is known.
   */
  store(key: Key, owner: string, entry: Omit<DialectEntry, 'atMs'>): Promise<void>
  /** Renews the lease of a negotiation. Returns false if it has expired. */
  renewLease(key: Key, owner: string): Promise<boolean>
  /** Ends a negotiation without a result; another call continues. */
  releaseLease(key: Key, owner: string): Promise<void>
  /** Returns the learned dialects, in the order of `keys`. */
  list(keys: Key[]): Promise<(LearnedDialect | undefined)[]>
}

/** Opens the memory over a Redis connection, which the caller closes. */
export function openDialectMemory(redis: Redis, keys: RedisKeys): DialectMemory {
  const leaseKey = ({ account, model }: Key): string => keys.dialectLease(account, model)
  const lease = (key: Key, owner: string): RedisLease => ({ key: leaseKey(key), owner })
  const wakeWaitingCalls = ({ account, model }: Key): Promise<void> =>
    publishSignal(redis, keys, { type: 'dialect', account, model })
  return {
    lookUp: async (key, options) => {
      const found = await scripts.lookUp.run(
        redis,
        [keys.dialects, leaseKey(key)],
        lookUpArguments(key, options),
      )
      const [outcome, text, leaseMs] = LookUpReply.parse(found)
      return { outcome, entry: parseDialectEntry(text), leaseMs }
    },
    store: async (key, owner, { state, dialect, refusals }) => {
      const entry = [buildField(key), owner, state, formatDialect(dialect), refusals]
      const bounds = [MAX_ENTRIES, KEEP_MS]
      const names = [keys.dialects, leaseKey(key)]
      const stored = await scripts.store.run(redis, names, [...entry, ...bounds])
      if (stored === 1 && state !== 'trying') await wakeWaitingCalls(key)
    },
    renewLease: (key, owner) => renewLease(redis, lease(key, owner), DIALECT_LEASE_MS),
    releaseLease: async (key, owner) => {
      if (await releaseLease(redis, lease(key, owner))) await wakeWaitingCalls(key)
    },
    list: async (all) => {
      if (all.length === 0) return []
      const texts = await redis.hmget(keys.dialects, ...all.map(buildField))
      return texts.map(readLearned)
    },
  }
}

const LookUpReply = z.tuple([z.enum(['known', 'acquired', 'busy']), z.string(), z.number()])

function lookUpArguments(key: Key, { owner, isAssumed, refused, isForced }: DialectLookupOptions) {
  const times = [DIALECT_LEASE_MS, RENEW_AFTER_MS, EXPIRE_AFTER_MS]
  const flags = [isAssumed, isForced].map((flag) => (flag ? '1' : ''))
  return [buildField(key), owner, ...times, refused ? formatDialect(refused) : '', ...flags]
}

function buildField({ account, model }: Key): string {
  return JSON.stringify([account, model])
}

function readLearned(text: string | null): LearnedDialect | undefined {
  const entry = parseDialectEntry(text)
  if (entry?.state !== 'learned') return undefined
  return { ...entry.dialect, learnedAt: new Date(entry.atMs).toISOString() }
}
