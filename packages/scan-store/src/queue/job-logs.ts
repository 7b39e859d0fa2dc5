import type { Redis } from 'ioredis'
import { defineLuaScript } from '@capstan/redis/lua-script'
import type { InferQueue } from './infer-queue.ts'

/** The logs of the jobs of one queue. */
export interface JobLogs {
  /** Appends lines to the log of a job soon. The log keeps its last 40; a job that was removed gets none again. */
  append(jobId: string, lines: string[]): void
  /** Resolves when everything appended so far is written, or could not be. */
  flush(): Promise<void>
}

const MOST_LINES = 40
/** No job waits for its log, and a write for each job would cost 5 % of an engine that makes no calls. */
const GATHER_MS = 50
/** Jobs of one step. */
const STEP = 50

const script = defineLuaScript(new URL('./lua/append-logs.lua', import.meta.url))

interface JobLines {
  jobId: string
  lines: string[]
}

/** Lines that cannot be written are lost; `onError` gets the error. The connection stays the caller's. */
export function openJobLogs(
  redis: Redis,
  queue: Pick<InferQueue, 'toKey'>,
  onError: (error: unknown) => void,
): JobLogs {
  const gathered: JobLines[] = []
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  const write = async (): Promise<void> => {
    const logs = gathered.splice(0)
    for (let from = 0; from < logs.length; from += STEP) {
      await appendLogs(redis, queue, logs.slice(from, from + STEP)).catch(onError)
    }
  }
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    // One after another, so that the lines of two starts of a job keep their order.
    writing = writing.then(write)
    return writing
  }
  return {
    append: (jobId, lines) => {
      if (lines.length === 0) return
      gathered.push({ jobId, lines: lines.slice(-MOST_LINES) })
      timer ??= setTimeout(() => void flush(), GATHER_MS)
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
  await script.run(redis, names, [MOST_LINES, ...args])
}
