import { startTimeSlice } from '@capstan/shared/async/time-slice'

/** Writes of many streams. */
export interface WriteRounds {
  /** Calls `flush` of the stream in the next round. */
  add(stream: { flush(): void }): void
}

/** Bound of the rest, and so of what it adds to the delay of an event. */
const LONGEST_REST_MS = 40

/**
 * Flushes streams in rounds, each followed by a rest as long as it took. A write costs about as much for ten events as for one,
 * so with thousands of streams the events of a rest leave together. With few streams a round takes no time, and every event
 * leaves at once.
 */
export function openWriteRounds(): WriteRounds {
  let due = new Set<{ flush(): void }>()
  let isScheduled = false
  let restUntil = 0
  const schedule = (): void => {
    if (isScheduled || due.size === 0) return
    isScheduled = true
    const restMs = restUntil - performance.now()
    if (restMs > 0) setTimeout(() => void run(), restMs)
    else queueMicrotask(() => void run())
  }
  const run = async (): Promise<void> => {
    const startedAt = performance.now()
    const streams = due
    due = new Set()
    await flushAll(streams)
    const endedAt = performance.now()
    restUntil = endedAt + Math.min(LONGEST_REST_MS, endedAt - startedAt)
    isScheduled = false
    schedule()
  }
  return {
    add: (stream) => {
      due.add(stream)
      schedule()
    },
  }
}

/** Requests are answered between slices. */
async function flushAll(streams: Iterable<{ flush(): void }>): Promise<void> {
  const slice = startTimeSlice()
  for (const stream of streams) {
    stream.flush()
    if (slice.isOver) await slice.next()
  }
}
