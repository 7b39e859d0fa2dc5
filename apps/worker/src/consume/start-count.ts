/** The start of one job as the guard of its route counts it. */
export interface StartCount {
  /** A call was sent under a request permit of the job's route: the start stays counted. */
  keep(): void
  /** The job makes no call of its own now: the start is taken off the count at once. */
  giveBack(): void
}

export interface EndedStart extends StartCount {
  /** The job has left its slot: the start is taken off the count unless it was kept or given back. */
  end(): void
}

/** `giveBack` is called at most once, with the time since the start in milliseconds. */
export function countStart(
  returnStart: (ageMs: number) => void,
  now: () => number = () => performance.now(),
): EndedStart {
  const startedAt = now()
  let isOpen = true
  const giveBack = (): void => {
    if (!isOpen) return
    isOpen = false
    returnStart(now() - startedAt)
  }
  return {
    keep: () => {
      isOpen = false
    },
    giveBack,
    end: giveBack,
  }
}
