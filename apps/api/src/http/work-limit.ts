import { AppError } from '@capstan/shared/errors'

/** Bounds the number of concurrent requests of one kind in this process. */
export interface WorkLimit {
  /** Acquires a slot, or throws AppError OVERLOADED. Returns a function that releases the slot. */
  enter(): () => void
  /** Runs `work` in a slot. Throws AppError OVERLOADED without running it when no slot is free. */
  run<T>(work: () => Promise<T>): Promise<T>
}

export interface WorkLimitOptions {
  /** Maximum number of concurrent requests. */
  most: number
  /** Plural noun phrase for the error message, such as `starts of scans`. */
  what: string
}

/** Random retry delay, because simultaneous retries would be rejected again. */
const RETRY_FROM_MS = 1_000
const RETRY_TO_MS = 5_000

export function openWorkLimit({ most, what }: WorkLimitOptions): WorkLimit {
  let used = 0
  const enter = (): (() => void) => {
    if (used >= most)
      throw overloadedError(`This server is processing the maximum of ${most} ${what}`)
    used += 1
    return () => {
      used -= 1
    }
  }
  return {
    enter,
    run: async (work) => {
      const release = enter()
      try {
        return await work()
      } finally {
        release()
      }
    },
  }
}

/** Creates the error for a request that this process has no capacity for. */
export function overloadedError(detail: string): AppError {
  return new AppError('OVERLOADED', detail, {
    hint: 'Wait for the time in Retry-After, then send it again. Another replica may accept it at once.',
    retryable: true,
    retryAfterMs: RETRY_FROM_MS + Math.random() * (RETRY_TO_MS - RETRY_FROM_MS),
  })
}
