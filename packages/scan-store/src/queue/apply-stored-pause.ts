import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import type { InferQueue } from './infer-queue.ts'

/** Pauses or resumes a queue according to the stored pause of all routes, which an operator sets. */
export async function applyStoredPause(
  redis: Redis,
  keys: RedisKeys,
  queue: Pick<InferQueue, 'isPaused' | 'pause' | 'resume'>,
): Promise<void> {
  const shouldPause = (await redis.exists(keys.queuesPaused)) === 1
  if ((await queue.isPaused()) === shouldPause) return
  await (shouldPause ? queue.pause() : queue.resume())
}
