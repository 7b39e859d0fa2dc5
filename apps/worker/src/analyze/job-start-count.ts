/** How the rate limit of a route's queue (route-guard.ts) counts the job start of one attempt. */
export interface JobStartCount {
  /** A call was sent with a request permit of the route: the job start stays counted. */
  keep(): void
  /** The attempt makes no call of its own: the job start is refunded at once. */
  refund(): void
}

export interface OpenJobStartCount extends JobStartCount {
  /** The attempt has ended: the job start is refunded unless it was kept or refunded before. */
  end(): void
}

/** Counts a job start. `onRefund` is called at most once, with the age of the attempt in milliseconds. */
export function countJobStart(
  onRefund: (ageMs: number) => void,
  now: () => number = () => performance.now(),
): OpenJobStartCount {
  const startedAt = now()
  let isOpen = true
  const refund = (): void => {
    if (!isOpen) return
    isOpen = false
    onRefund(now() - startedAt)
  }
  return {
    keep: () => {
      isOpen = false
    },
    refund,
    end: refund,
  }
}
