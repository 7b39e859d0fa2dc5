/** Changes that are processed in the order of their due times, and the position up to which all of them are processed. */
export interface DueChanges {
  /** Begins to process. Every change has a later stream id than `position`. */
  start(position: string): void
  /** Adds a change of a scan. Without `id` it has no part in the position. */
  add(scanId: string, delayMs: number, id?: string): void
  /** Stream id up to which all changes are processed. */
  position(): string
  close(): void
}

interface DueChangesOptions {
  /** Processes the scans whose changes are due. `after` is the position when it is done. */
  process: (scanIds: string[], position: { before: string; after: string }) => Promise<void>
  /** Called once; nothing is processed afterwards. */
  onError: (error: unknown) => void
}

interface PendingChange {
  scanId: string
  dueAt: number
  id: string | undefined
  isProcessed: boolean
}

export function openDueChanges({ process, onError }: DueChangesOptions): DueChanges {
  /** In the order of the stream. Processed ones stay while an earlier one is not. */
  let pending: PendingChange[] = []
  let position: string | undefined
  let isRunning = false
  let isClosed = false
  let timer: NodeJS.Timeout | undefined

  const schedule = (): void => {
    if (position === undefined || isRunning || isClosed) return
    clearTimeout(timer)
    const times = pending.filter(({ isProcessed }) => !isProcessed).map(({ dueAt }) => dueAt)
    if (times.length === 0) return
    const delayMs = Math.max(0, Math.min(...times) - performance.now())
    timer = setTimeout(() => void run(), delayMs).unref()
  }

  const run = async (): Promise<void> => {
    isRunning = true
    const now = performance.now()
    const due = pending.filter(({ isProcessed, dueAt }) => !isProcessed && dueAt <= now)
    for (const change of due) change.isProcessed = true
    const before = position ?? ''
    const after = removeProcessed() ?? before
    try {
      await process([...new Set(due.map(({ scanId }) => scanId))], { before, after })
    } catch (error) {
      close()
      onError(error)
      return
    }
    position = after
    isRunning = false
    schedule()
  }

  /** Returns the stream id of the last change before the first one that is not processed. */
  const removeProcessed = (): string | undefined => {
    const first = pending.findIndex(({ isProcessed }) => !isProcessed)
    const removed = pending.splice(0, first === -1 ? pending.length : first)
    return removed.findLast(({ id }) => id !== undefined)?.id
  }

  const close = (): void => {
    isClosed = true
    clearTimeout(timer)
    pending = []
  }

  return {
    start: (from) => {
      position = from
      schedule()
    },
    add: (scanId, delayMs, id) => {
      if (isClosed) return
      pending.push({ scanId, dueAt: performance.now() + delayMs, id, isProcessed: false })
      schedule()
    },
    position: () => position ?? '',
    close,
  }
}
