import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import type { InferQueue } from './infer-queue.ts'

/** Pauses or resumes a queue as an operator has decided for the queues of all routes. */
export async function applyStoredPause(
  redis: Redis,
  keys: RedisKeys,
  queue: Pick<InferQueue, 'isPaused' | 'pause' | 'resume'>,
): Promise<void> {
  const shouldPause = (await redis.exists(keys.queuesPaused)) === 1
  if ((await queue.isPaused()) === shouldPause) return
  await (shouldPause ? queue.pause() : queue.resume())
}
