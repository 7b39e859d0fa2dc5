/** Changes that are processed in the order of their due times, and the position up to which all of them are processed. */
export interface DueChanges {
  /** Begins to process. Every change has a later stream id than `position`; those of `earlier` precede all that were added. */
  start(position: string, earlier?: EarlierChange[]): void
  /** Adds a change of a scan. Without `id` it has no part in the position. */
  add(scanId: string, delayMs: number, id?: string): void
  /** Stream id up to which all changes are processed. */
  position(): string
  close(): void
}

export interface EarlierChange {
  id: string
  scanId: string
  delayMs: number
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
  const pending: PendingChange[] = []
  let position: string | undefined
  let isRunning = false
  let isClosed = false
  let timer: NodeJS.Timeout | undefined

  const schedule = (): void => {
    if (position === undefined || isRunning || isClosed) return
    clearTimeout(timer)
    const dueAt = findFirstDue(pending)
    if (dueAt === undefined) return
    const delayMs = Math.max(0, dueAt - performance.now())
    timer = setTimeout(() => void run(), delayMs).unref()
  }

  const run = async (): Promise<void> => {
    isRunning = true
    const due = takeDue(pending)
    const before = position ?? ''
    const after = removeProcessed(pending) ?? before
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

  const close = (): void => {
    isClosed = true
    clearTimeout(timer)
  }

  return {
    start: (from, earlier = []) => {
      position = from
      pending.unshift(...earlier.map(({ scanId, delayMs, id }) => toPending(scanId, delayMs, id)))
      schedule()
    },
    add: (scanId, delayMs, id) => {
      if (isClosed) return
      pending.push(toPending(scanId, delayMs, id))
      schedule()
    },
    position: () => position ?? '',
    close,
  }
}

function toPending(scanId: string, delayMs: number, id?: string): PendingChange {
  return { scanId, dueAt: performance.now() + delayMs, id, isProcessed: false }
}

/** Time of the first change to process; undefined without one. */
function findFirstDue(pending: readonly PendingChange[]): number | undefined {
  const times = pending.filter(({ isProcessed }) => !isProcessed).map(({ dueAt }) => dueAt)
  return times.length === 0 ? undefined : Math.min(...times)
}

/** Marks the changes whose time has come as processed, and returns them. */
function takeDue(pending: readonly PendingChange[]): PendingChange[] {
  const now = performance.now()
  const due = pending.filter(({ isProcessed, dueAt }) => !isProcessed && dueAt <= now)
  for (const change of due) change.isProcessed = true
  return due
}

/** Removes the changes before the first one that is not processed. Returns the stream id of the last of them. */
function removeProcessed(pending: PendingChange[]): string | undefined {
  const first = pending.findIndex(({ isProcessed }) => !isProcessed)
  const removed = pending.splice(0, first === -1 ? pending.length : first)
  return removed.findLast(({ id }) => id !== undefined)?.id
}
