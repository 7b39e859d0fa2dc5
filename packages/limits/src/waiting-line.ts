import { MustWait } from './must-wait.ts'
import type { WaitHint } from './types.ts'

export interface Place {
  /** Settles when it is the first; throws MustWait when the line was told of a wait above its patience. */
  readonly first: Promise<void>
  /** Lets go of the place, so that the next one is first. */
  leave(): void
}

/** Callers of one process in the order they came. Only the first one asks Redis; all are told what it heard. */
export interface WaitingLine {
  join(patienceMs: number, onWait: ((hint: WaitHint) => void) | undefined): Place
  tell(hint: Omit<WaitHint, 'ahead'>): void
}

interface Waiter {
  patienceMs: number
  onWait: ((hint: WaitHint) => void) | undefined
  becomeFirst: () => void
  giveUp: (error: MustWait) => void
}

/** An empty line. */
export function waitingLine(): WaitingLine {
  const waiters: Waiter[] = []
  const leave = (waiter: Waiter): void => {
    const index = waiters.indexOf(waiter)
    if (index === -1) return
    waiters.splice(index, 1)
    waiters[0]?.becomeFirst()
  }
  return {
    join: (patienceMs, onWait) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      // Whoever is told to give up may have been stopped by its signal already.
      promise.catch(() => undefined)
      const waiter: Waiter = { patienceMs, onWait, becomeFirst: resolve, giveUp: reject }
      waiters.push(waiter)
      waiters[0]?.becomeFirst()
      return { first: promise, leave: () => leave(waiter) }
    },
    tell: (hint) => {
      for (const [ahead, waiter] of [...waiters].entries()) {
        waiter.onWait?.({ ...hint, ahead })
        if (hint.waitMs <= waiter.patienceMs) continue
        waiter.giveUp(new MustWait(hint.waitMs, hint.because))
      }
    },
  }
}
