import { MaxWaitError } from './max-wait-error.ts'
import type { AdmissionWait } from '../types.ts'

export interface WaitQueueEntry {
  /** Resolves when the entry is the head. Rejects with MaxWaitError when a notified wait exceeds its max wait. */
  readonly isHead: Promise<void>
  /** Removes the entry, so that the next one becomes the head. */
  leave(): void
}

/** Waiting calls of one process for one limit key, in order of arrival. Only the head polls Redis; all are notified. */
export interface WaitQueue {
  join(maxWaitMs: number, onWait: ((wait: AdmissionWait) => void) | undefined): WaitQueueEntry
  notify(wait: Omit<AdmissionWait, 'position'>): void
}

interface Waiter {
  maxWaitMs: number
  onWait: ((wait: AdmissionWait) => void) | undefined
  becomeHead: () => void
  giveUp: (error: MaxWaitError) => void
}

/** Creates an empty wait queue. */
export function createWaitQueue(): WaitQueue {
  const waiters: Waiter[] = []
  const leave = (waiter: Waiter): void => {
    const index = waiters.indexOf(waiter)
    if (index === -1) return
    waiters.splice(index, 1)
    waiters[0]?.becomeHead()
  }
  return {
    join: (maxWaitMs, onWait) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      // A waiter that was aborted no longer awaits this promise.
      promise.catch(() => undefined)
      const waiter: Waiter = { maxWaitMs, onWait, becomeHead: resolve, giveUp: reject }
      waiters.push(waiter)
      waiters[0]?.becomeHead()
      return { isHead: promise, leave: () => leave(waiter) }
    },
    notify: (wait) => {
      for (const [position, waiter] of [...waiters].entries()) {
        waiter.onWait?.({ ...wait, position })
        if (wait.waitMs <= waiter.maxWaitMs) continue
        waiter.giveUp(new MaxWaitError(wait.waitMs, wait.because))
      }
    },
  }
}
