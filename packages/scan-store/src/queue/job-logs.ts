import type { Redis } from 'ioredis'
import { defineLuaScript } from '@capstan/redis/lua-script'
import type { InferQueue } from './infer-queue.ts'

/** The logs of the jobs of one queue. */
export interface JobLogs {
  /** Appends lines to the log of a job within 50 ms. The log keeps its last 40 lines. A removed job gets no log. */
  append(jobId: string, lines: string[]): void
  /** Resolves when all appended lines are written or have failed. */
  flush(): Promise<void>
}

const MAX_LINES = 40
/** Lines are collected, because a write per job would cost 5 % of the time of a job without model calls. */
const COLLECT_MS = 50
/** Jobs per script call. */
const CHUNK = 50

const script = defineLuaScript(new URL('./lua/append-logs.lua', import.meta.url))

interface JobLines {
  jobId: string
  lines: string[]
}

/** Opens the logs of a queue. Lines that cannot be written are lost, and `onError` receives the error. The caller owns the connection. */
export function openJobLogs(
  redis: Redis,
  queue: Pick<InferQueue, 'toKey'>,
  onError: (error: unknown) => void,
): JobLogs {
  const collected: JobLines[] = []
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  const write = async (): Promise<void> => {
    const logs = collected.splice(0)
    for (let from = 0; from < logs.length; from += CHUNK) {
      await appendLogs(redis, queue, logs.slice(from, from + CHUNK)).catch(onError)
    }
  }
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    // Writes run one after another, so that the lines of two attempts of a job keep their order.
    writing = writing.then(write)
    return writing
  }
  return {
    append: (jobId, lines) => {
      if (lines.length === 0) return
      collected.push({ jobId, lines: lines.slice(-MAX_LINES) })
      timer ??= setTimeout(() => void flush(), COLLECT_MS)
    },
    flush,
  }
}

async function appendLogs(
  redis: Redis,
  queue: Pick<InferQueue, 'toKey'>,
  logs: JobLines[],
): Promise<void> {
  const names = logs.flatMap(({ jobId }) => [queue.toKey(jobId), queue.toKey(`${jobId}:logs`)])
  const args = logs.flatMap(({ lines }) => [lines.length, ...lines])
  await script.run(redis, names, [MAX_LINES, ...args])
}
