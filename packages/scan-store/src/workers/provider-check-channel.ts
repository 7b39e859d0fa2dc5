import { sleep } from '@capstan/shared/async/sleep'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ProviderCheckOutcome, type ProviderCheck } from '@capstan/shared/contract/provider-check'
import type { RedisKeys } from '@capstan/redis/keys'
import { publishSignal } from '@capstan/redis/signals/signal'

/**
 * Request-reply of provider checks between API and workers. A request is a signal, not a job: a job could wait behind others or
 * lose its worker, and would then pay for a check whose requester is gone.
 */
export interface ProviderCheckChannel {
  /**
   * Sends a check to all workers; one of them accepts it. `no-worker`: none accepted it within 3 s, and none will. `timed-out`:
   * the accepting worker did not reply in the time that it stated. Throws the reason of `signal` when it is aborted.
   */
  request(
    check: ProviderCheck,
    signal: AbortSignal,
  ): Promise<ProviderCheckOutcome | 'no-worker' | 'timed-out'>
  /** Accepts a check for a worker that will reply within `forMs`. False: another worker has accepted it. */
  accept(id: string, worker: string, forMs: number): Promise<boolean>
  reply(id: string, outcome: ProviderCheckOutcome): Promise<void>
}

const ACCEPT_MS = 3_000
const POLL_MS = 50
const KEEP_MS = 60_000

const Entry = z.object({
  by: z.string(),
  forMs: z.number().default(0),
  outcome: ProviderCheckOutcome.optional(),
})

/** Opens the channel over one Redis connection. The caller owns the connection. Redis errors pass through. */
export function openProviderCheckChannel(redis: Redis, keys: RedisKeys): ProviderCheckChannel {
  /** Sets the acceptor of a check. False: it has one. */
  const accept = async (id: string, by: string, forMs: number): Promise<boolean> => {
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
        // The requester accepts its own check, so that no worker does later.
        if (!entry && elapsedMs > ACCEPT_MS && (await accept(check.id, 'requester', 0)))
          return 'no-worker'
        if (entry && elapsedMs > ACCEPT_MS + entry.forMs) return 'timed-out'
        await sleep(POLL_MS)
      }
    },
    accept,
    reply: async (id, outcome) => {
      const entry = JSON.stringify({ by: 'worker', outcome })
      await redis.set(keys.providerCheck(id), entry, 'PX', KEEP_MS, 'XX')
    },
  }
}
