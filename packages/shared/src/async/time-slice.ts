import { setImmediate as turn } from 'node:timers/promises'

/** How long a loop works before other work of the process runs: no request may wait for the loop of another one. */
const SLICE_MS = 5

/**
 * Divides a long loop into slices of 5 ms. The loop awaits `next()` whenever `isOver`; reading the clock costs some 50 ns,
 * so a loop with smaller steps asks every few steps.
 */
export interface TimeSlice {
  readonly isOver: boolean
  /** Lets the event loop run once, then begins the next slice. */
  next(): Promise<void>
  /** The same when the slice is over; between a few large steps. */
  nextIfOver(): Promise<void>
}

export function startTimeSlice(): TimeSlice {
  let since = performance.now()
  const isOver = (): boolean => performance.now() - since >= SLICE_MS
  const next = async (): Promise<void> => {
    await turn()
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
