import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '../redis/keys.ts'
import { luaScript } from '../redis/lua-script.ts'
import { INFER_QUEUE, type InferQueue } from './infer-queue.ts'

const script = luaScript(new URL('./hold-queue.lua', import.meta.url))

/**
 * BullMQ looks at a hold only when the queue has a global rate limit. This one is too wide ever to bind: it counts
 * starts of jobs, and a start whose answer is stored already calls nobody.
 */
const WIDE_OPEN = { starts: 1_000_000, perMs: 1_000 }

/** Makes the queue obey holds. Safe to call from every process at every start. */
export async function obeyHolds(queue: InferQueue): Promise<void> {
  await queue.setGlobalRateLimit(WIDE_OPEN.starts, WIDE_OPEN.perMs)
}

/** Lets no worker start a job of the infer queue for `forMs`; a longer hold stays. Answers the ms it is held now. */
export async function holdQueue(redis: Redis, keys: RedisKeys, forMs: number): Promise<number> {
  const limiter = `${keys.bullPrefix}:${INFER_QUEUE}:limiter`
  const args = [Math.max(1, Math.ceil(forMs)), Number.MAX_SAFE_INTEGER]
  return z.int().parse(await script.run(redis, [limiter], args))
}
