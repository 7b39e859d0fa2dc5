import type { Redis } from 'ioredis'
import { luaScript } from '../redis/lua-script.ts'
import type { InferQueue } from './infer-queue.ts'

const script = luaScript(new URL('./lua/append-log.lua', import.meta.url))

/** Lines that the log of a job holds at most; the oldest go first. */
const MOST_LINES = 40

/** Appends lines to the log of a job in one command. A job that was removed stays removed. */
export async function appendJobLog(
  redis: Redis,
  queue: Pick<InferQueue, 'toKey'>,
  jobId: string,
  lines: string[],
): Promise<void> {
  if (lines.length === 0) return
  const names = [queue.toKey(jobId), queue.toKey(`${jobId}:logs`)]
  await script.run(redis, names, [MOST_LINES, ...lines.slice(-MOST_LINES)])
}
