import type { Log } from '@capstan/shared/log'
import type { FetchPause } from './fetch-pause.ts'

const WINDOW_MS = 5_000
/** More errors than this in a window are a loop: a full Redis caused 56,000 in 8 s. */
const MOST_ERRORS = 20
const PAUSE_MS = 1_000

/**
 * Logs errors of a BullMQ worker, at most one line in five seconds, and pauses the worker during a flood of errors: BullMQ
 * fetches again at once when Redis rejects commands (full memory or disk), which would use a whole core.
 */
export function limitErrors(
  worker: { on(event: 'error', listener: (error: Error) => void): unknown },
  { pauseFetching, log }: { pauseFetching: FetchPause['start']; log: Log },
): void {
  let count = 0
  let windowEndsAt = 0
  worker.on('error', (error) => {
    const now = performance.now()
    if (now > windowEndsAt) {
      log.warn({ err: error, suppressed: Math.max(0, count - 1) }, 'the queue reports an error')
      count = 0
      windowEndsAt = now + WINDOW_MS
    }
    count += 1
    if (count < MOST_ERRORS) return
    count = 0
    pauseFetching(PAUSE_MS)
  })
}
