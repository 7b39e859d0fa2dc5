import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'

/** A stored response, which is replayed for a repeated key. */
export const StoredResponse = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
})
export type StoredResponse = z.infer<typeof StoredResponse>

export type BeginOutcome =
  /** The request may run with this scan id, which an earlier, interrupted attempt may have used. */
  | { outcome: 'new'; scanId: string }
  | { outcome: 'busy'; retryAfterMs: number }
  | { outcome: 'mismatch' }
  | { outcome: 'done'; answer: StoredResponse }

export interface IdempotencyStore {
  begin(scope: string, key: string, body: unknown, newScanId: string): Promise<BeginOutcome>
  /** Stores the response for 24 hours. */
  finish(scope: string, key: string, body: unknown, answer: StoredResponse): Promise<void>
  /** Releases the key of a failed request. */
  forget(scope: string, key: string): Promise<void>
}

const KEEP_SECONDS = 86_400
/** Longer than the longest request: discovery 10 s, Prefer: wait 50 s. */
const LEASE_MS = 75_000
const beginScript = defineLuaScript(new URL('./begin.lua', import.meta.url))

const BeginReply = z.union([
  z.tuple([z.literal('new'), z.string()]),
  z.tuple([z.literal('busy'), z.number()]),
  z.tuple([z.literal('mismatch')]),
  z.tuple([z.literal('done'), z.string()]),
])

/** Opens the store of Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07). `scope` is caller and route. */
export function openIdempotencyStore(redis: Redis, keys: RedisKeys): IdempotencyStore {
  const name = (scope: string, key: string) =>
    keys.idempotency(hashSha256(JSON.stringify([scope, key])))
  return {
    begin: async (scope, key, body, newScanId) => {
      const args = [createFingerprint(body), newScanId, LEASE_MS, KEEP_SECONDS]
      const reply = BeginReply.parse(await beginScript.run(redis, [name(scope, key)], args))
      if (reply[0] === 'new') return { outcome: 'new', scanId: reply[1] }
      if (reply[0] === 'busy') return { outcome: 'busy', retryAfterMs: reply[1] }
      if (reply[0] === 'mismatch') return { outcome: 'mismatch' }
      return { outcome: 'done', answer: StoredResponse.parse(JSON.parse(reply[1])) }
    },
    finish: async (scope, key, body, answer) => {
      const record = { fingerprint: createFingerprint(body), answer: JSON.stringify(answer) }
      await redis.set(name(scope, key), JSON.stringify(record), 'EX', KEEP_SECONDS)
    },
    forget: async (scope, key) => {
      await redis.del(name(scope, key))
    },
  }
}

/** Equal for equal content: the body is parsed, and keys are sorted. */
function createFingerprint(body: unknown): string {
  return hashSha256(JSON.stringify(sortKeys(body)))
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return entries.map(([key, inner]) => [key, sortKeys(inner)])
}

function hashSha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
