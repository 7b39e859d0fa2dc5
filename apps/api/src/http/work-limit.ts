import { AppError } from '@capstan/shared/errors'

/** Bounds how many requests of one kind this process works on at the same time. */
export interface WorkLimit {
  /** Takes a place, or throws AppError OVERLOADED when all are taken. Returns what frees the place. */
  enter(): () => void
  /** Runs `work` in a place of its own. Throws AppError OVERLOADED without running it when all are taken. */
  run<T>(work: () => Promise<T>): Promise<T>
}

export interface WorkLimitOptions {
  /** Places: most requests in progress at the same time. */
  most: number
  /** Plural noun phrase for the problem, such as `starts of scans`. */
  what: string
}

/** Refused callers that come back all at once would be refused again. */
const RETRY_FROM_MS = 1_000
const RETRY_TO_MS = 5_000

export function openWorkLimit({ most, what }: WorkLimitOptions): WorkLimit {
  let taken = 0
  const enter = (): (() => void) => {
    if (taken >= most) throw overloaded(`This server already works on ${most} ${what}`)
    taken += 1
    return () => {
      taken -= 1
    }
  }
  return {
    enter,
    run: async (work) => {
      const leave = enter()
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}

/** The refusal of a request that this process has no room for now. */
export function overloaded(detail: string): AppError {
  return new AppError('OVERLOADED', detail, {
    hint: 'Wait as long as Retry-After says, then send it again; another replica may take it at once.',
    retryable: true,
    retryAfterMs: RETRY_FROM_MS + Math.random() * (RETRY_TO_MS - RETRY_FROM_MS),
  })
}
