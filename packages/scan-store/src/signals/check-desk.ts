import { sleep } from '@capstan/shared/async/sleep'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ProviderCheckOutcome, type ProviderCheck } from '@capstan/shared/contract/provider-check'
import type { RedisKeys } from '@capstan/redis/keys'
import { publishSignal } from '@capstan/redis/signals/signal'

/**
 * Where checks of providers are asked for and answered. By a signal and not by a job: a job that waits behind others, or
 * whose worker died, would be paid for when nobody waits for it any more.
 */
export interface ProviderCheckChannel {
  /**
   * Asks all workers, of which the first that can takes it. `nobody`: none did within 3 s, and none will. `silent`: the
   * worker that took it has not answered in the time that it named. Throws the signal's reason when nobody waits for the answer any more.
   */
  request(
    check: ProviderCheck,
    signal: AbortSignal,
  ): Promise<ProviderCheckOutcome | 'no-worker' | 'timed-out'>
  /** Whether the check is this worker's now; it answers within `forMs`. */
  accept(id: string, worker: string, forMs: number): Promise<boolean>
  reply(id: string, outcome: ProviderCheckOutcome): Promise<void>
}

const TAKEN_WITHIN_MS = 3_000
const LOOK_MS = 50
const KEEP_MS = 60_000

const Entry = z.object({
  by: z.string(),
  forMs: z.number().default(0),
  outcome: ProviderCheckOutcome.optional(),
})

/** The desk over one Redis connection, which stays the caller's. Redis errors pass through. */
export function openProviderCheckChannel(redis: Redis, keys: RedisKeys): ProviderCheckChannel {
  /** Whether nobody else had put down a name. */
  const sign = async (id: string, by: string, forMs: number): Promise<boolean> => {
    const entry = JSON.stringify({ by, forMs })
    const keepMs = Math.ceil(forMs) + KEEP_MS
    return (await redis.set(keys.providerCheck(id), entry, 'PX', keepMs, 'NX')) !== null
  }
  return {
    request: async (check, signal) => {
      const startedAt = performance.now()
      await publishSignal(redis, keys, { type: 'check', check })
      for (;;) {
        signal.throwIfAborted()
        const text = await redis.get(keys.providerCheck(check.id))
        const entry = text === null ? undefined : Entry.parse(JSON.parse(text))
        if (entry?.outcome) return entry.outcome
        const elapsedMs = performance.now() - startedAt
        // With our own name on it no worker takes it any more.
        if (!entry && elapsedMs > TAKEN_WITHIN_MS && (await sign(check.id, 'requester', 0)))
          return 'no-worker'
        if (entry && elapsedMs > TAKEN_WITHIN_MS + entry.forMs) return 'timed-out'
        await sleep(LOOK_MS)
      }
    },
    accept: sign,
    reply: async (id, outcome) => {
      const entry = JSON.stringify({ by: 'worker', outcome })
      await redis.set(keys.providerCheck(id), entry, 'PX', KEEP_MS, 'XX')
    },
  }
}
