import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'

/** What is sent again when a key comes back. */
export const StoredAnswer = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
})
export type StoredAnswer = z.infer<typeof StoredAnswer>

export type Begun =
  /** Go on, with this scan id: it is the same when an earlier try died half-way. */
  | { outcome: 'new'; scanId: string }
  | { outcome: 'busy'; retryAfterMs: number }
  | { outcome: 'mismatch' }
  | { outcome: 'done'; answer: StoredAnswer }

export interface IdempotencyStore {
  begin(scope: string, key: string, body: unknown, newScanId: string): Promise<Begun>
  /** Keeps the answer for 24 hours. */
  finish(scope: string, key: string, body: unknown, answer: StoredAnswer): Promise<void>
  /** The request failed: the key may be used again at once. */
  forget(scope: string, key: string): Promise<void>
}

const KEEP_SECONDS = 86_400
/** Longer than the longest answer takes: preflight 10 s, Prefer: wait 50 s. */
const LEASE_MS = 75_000
const beginScript = defineLuaScript(new URL('./begin.lua', import.meta.url))

const BeginReply = z.union([
  z.tuple([z.literal('new'), z.string()]),
  z.tuple([z.literal('busy'), z.number()]),
  z.tuple([z.literal('mismatch')]),
  z.tuple([z.literal('done'), z.string()]),
])

/** Idempotency-Key after draft-ietf-httpapi-idempotency-key-header-07; `scope` is caller and route. */
export function openIdempotencyStore(redis: Redis, keys: RedisKeys): IdempotencyStore {
  const name = (scope: string, key: string) =>
    keys.idempotency(sha256(JSON.stringify([scope, key])))
  return {
    begin: async (scope, key, body, newScanId) => {
      const args = [fingerprint(body), newScanId, LEASE_MS, KEEP_SECONDS]
      const reply = BeginReply.parse(await beginScript.run(redis, [name(scope, key)], args))
      if (reply[0] === 'new') return { outcome: 'new', scanId: reply[1] }
      if (reply[0] === 'busy') return { outcome: 'busy', retryAfterMs: reply[1] }
      if (reply[0] === 'mismatch') return { outcome: 'mismatch' }
      return { outcome: 'done', answer: StoredAnswer.parse(JSON.parse(reply[1])) }
    },
    finish: async (scope, key, body, answer) => {
      const record = { fingerprint: fingerprint(body), answer: JSON.stringify(answer) }
      await redis.set(name(scope, key), JSON.stringify(record), 'EX', KEEP_SECONDS)
    },
    forget: async (scope, key) => {
      await redis.del(name(scope, key))
    },
  }
}

/** Equal for equal content: the body has been parsed, so only the order of keys is left to settle. */
function fingerprint(body: unknown): string {
  return sha256(JSON.stringify(sorted(body)))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return entries.map(([key, inner]) => [key, sorted(inner)])
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
