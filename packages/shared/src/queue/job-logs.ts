import type { Redis } from 'ioredis'
import { z } from 'zod'
import { joinCalls } from '../redis/join-calls.ts'
import { luaScript } from '../redis/lua-script.ts'
import type { InferQueue } from './infer-queue.ts'

/** The logs of the jobs of one queue. */
export interface JobLogs {
  /** Appends lines to the log of a job, which keeps its last 40. A job that was removed gets no log again. */
  append(jobId: string, lines: string[]): Promise<void>
}

const MOST_LINES = 40
/** Jobs of one step. */
const MOST_JOINED = 50

const script = luaScript(new URL('./lua/append-logs.lua', import.meta.url))

/** Writes what is appended while a step is under way as one step: with one for each job, logs cost twice as much. */
export function openJobLogs(redis: Redis, queue: Pick<InferQueue, 'toKey'>): JobLogs {
  const append = joinCalls(MOST_JOINED, async (_: string, logs: JobLines[]) => {
    const names = logs.flatMap(({ jobId }) => [queue.toKey(jobId), queue.toKey(`${jobId}:logs`)])
    const args = logs.flatMap(({ lines }) => [lines.length, ...lines])
    return z.array(z.int()).parse(await script.run(redis, names, [MOST_LINES, ...args]))
  })
  return {
    append: async (jobId, lines) => {
      if (lines.length > 0) await append('append', { jobId, lines: lines.slice(-MOST_LINES) })
    },
  }
}

interface JobLines {
  jobId: string
  lines: string[]
}
