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
  look: defineLuaScript(new URL('./look.lua', import.meta.url), clock),
  note: defineLuaScript(new URL('./note.lua', import.meta.url), clock),
}

/** How long a negotiating call that died delays the others, in milliseconds; a living one keeps its lease. */
export const DIALECT_LEASE_MS = 10_000
/** A learned dialect is renewed after that: the server may have been upgraded. */
const FRESH_MS = 7 * 86_400_000
/** Unfinished and failed negotiations are forgotten after that. */
const UNFINISHED_MS = 600_000
const KEEP_MS = 30 * 86_400_000
const MOST_ENTRIES = 500

type Key = Pick<LimitKey, 'account' | 'model'>

export interface DialectLookupOptions {
  /** Unique to the call that may negotiate. */
  owner: string
  /** Calls do not wait for a first answer of this endpoint. */
  isAssumed: boolean
  /** The endpoint has just refused this one. */
  refused?: Dialect | undefined
  /** A negotiation that failed lately is repeated. */
  isForced?: boolean | undefined
}

/** `mine`: the caller holds the lease and negotiates. `busy`: another call does, for at most `leaseMs` if it is dead. */
export type DialectLookup =
  | { outcome: 'known' | 'mine'; entry: DialectEntry | undefined }
  | { outcome: 'busy'; entry: DialectEntry | undefined; leaseMs: number }

/** How the endpoints of all accounts have to be asked, known to all processes. Redis errors pass through. */
export interface DialectMemory {
  look(key: Key, options: DialectLookupOptions): Promise<DialectLookup>
  /**
   * Stores what came of a call, and ends the negotiation of `owner` unless it goes on (`trying`). Without its lease it only
   * fills the place of a dialect that was not learned yet.
   */
  note(key: Key, owner: string, entry: Omit<DialectEntry, 'atMs'>): Promise<void>
  /** Extends the lease of a negotiation. False: it has expired. */
  keep(key: Key, owner: string): Promise<boolean>
  /** Ends a negotiation without a result; another call takes it. */
  release(key: Key, owner: string): Promise<void>
  /** The learned dialects of these, in their order. */
  list(keys: Key[]): Promise<(LearnedDialect | undefined)[]>
}

/** The memory over one Redis connection, which stays the caller's. */
export function openDialectMemory(redis: Redis, keys: RedisKeys): DialectMemory {
  const leaseKey = ({ account, model }: Key): string => keys.dialectLease(account, model)
  const lease = (key: Key, owner: string): RedisLease => ({ key: leaseKey(key), owner })
  const wake = ({ account, model }: Key): Promise<void> =>
    publishSignal(redis, keys, { type: 'dialect', account, model })
  return {
    look: async (key, options) => {
      const found = await scripts.look.run(
        redis,
        [keys.dialects, leaseKey(key)],
        lookArguments(key, options),
      )
      const [outcome, text, leaseMs] = Looked.parse(found)
      return { outcome, entry: parseDialectEntry(text), leaseMs }
    },
    note: async (key, owner, { state, dialect, refusals }) => {
      const written = [fieldFor(key), owner, state, formatDialect(dialect), refusals]
      const bounds = [MOST_ENTRIES, KEEP_MS]
      const names = [keys.dialects, leaseKey(key)]
      const stored = await scripts.note.run(redis, names, [...written, ...bounds])
      if (stored === 1 && state !== 'trying') await wake(key)
    },
    keep: (key, owner) => renewLease(redis, lease(key, owner), DIALECT_LEASE_MS),
    release: async (key, owner) => {
      if (await releaseLease(redis, lease(key, owner))) await wake(key)
    },
    list: async (all) => {
      if (all.length === 0) return []
      const texts = await redis.hmget(keys.dialects, ...all.map(fieldFor))
      return texts.map(readLearned)
    },
  }
}

const Looked = z.tuple([z.enum(['known', 'mine', 'busy']), z.string(), z.number()])

function lookArguments(key: Key, { owner, isAssumed, refused, isForced }: DialectLookupOptions) {
  const times = [DIALECT_LEASE_MS, FRESH_MS, UNFINISHED_MS]
  const flags = [isAssumed, isForced].map((flag) => (flag ? '1' : ''))
  return [fieldFor(key), owner, ...times, refused ? formatDialect(refused) : '', ...flags]
}

function fieldFor({ account, model }: Key): string {
  return JSON.stringify([account, model])
}

function readLearned(text: string | null): LearnedDialect | undefined {
  const entry = parseDialectEntry(text)
  if (entry?.state !== 'learned') return undefined
  return { ...entry.dialect, learnedAt: new Date(entry.atMs).toISOString() }
}
