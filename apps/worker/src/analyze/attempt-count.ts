/** How the guard of a route counts one attempt. */
export interface AttemptCount {
  /** A call was sent under a request permit of the route: the attempt stays counted. */
  keep(): void
  /** The attempt makes no call of its own now: it is taken off the count at once. */
  takeOff(): void
}

export interface OpenAttemptCount extends AttemptCount {
  /** The job has left its slot: the attempt is taken off the count unless it was kept or taken off before. */
  end(): void
}

/** `onReturned` is called at most once, with the age of the attempt in milliseconds. */
export function countAttempt(
  onReturned: (ageMs: number) => void,
  now: () => number = () => performance.now(),
): OpenAttemptCount {
  const startedAt = now()
  let isOpen = true
  const takeOff = (): void => {
    if (!isOpen) return
    isOpen = false
    onReturned(now() - startedAt)
  }
  return {
    keep: () => {
      isOpen = false
    },
    takeOff,
    end: takeOff,
  }
}
