import { setImmediate as yieldToEventLoop } from 'node:timers/promises'

/** Longest time that a loop blocks the event loop. */
const SLICE_MS = 5

/**
 * Divides a long loop into slices of 5 ms. The loop awaits `next()` when `isOver`. Reading the clock takes about 50 ns, so a
 * loop with shorter steps checks only every few steps.
 */
export interface TimeSlice {
  readonly isOver: boolean
  /** Yields to the event loop once, then starts the next slice. */
  next(): Promise<void>
  /** Calls `next()` if the slice is over. For loops of long steps. */
  nextIfOver(): Promise<void>
}

export function startTimeSlice(): TimeSlice {
  let since = performance.now()
  const isOver = (): boolean => performance.now() - since >= SLICE_MS
  const next = async (): Promise<void> => {
    await yieldToEventLoop()
    since = performance.now()
  }
  return {
    get isOver() {
      return isOver()
    },
    next,
    nextIfOver: async () => {
      if (isOver()) await next()
    },
  }
}
