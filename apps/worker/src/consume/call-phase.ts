import type { AbortName } from './disposition.ts'

/** What may be aborted of a start without losing anything paid. */
export interface CallPhase {
  /** The next call is prepared or waits for admission. Aborts the start when that was asked for meanwhile. */
  wait(): void
  /** A call goes out: from now on only its answer ends the start, until it waits for another call. */
  send(): void
  /** Aborts the start as soon as no call of it is in flight and no answer is being stored. */
  abortUnsent(name: AbortName): void
}

/** `abort` may be called more than once, always with the first name. A start begins with waiting. */
export function openCallPhase(abort: (name: AbortName) => void): CallPhase {
  let isWaiting = true
  let asked: AbortName | undefined
  const abortIfAsked = (): void => {
    if (isWaiting && asked !== undefined) abort(asked)
  }
  return {
    wait: () => {
      isWaiting = true
      abortIfAsked()
    },
    send: () => {
      isWaiting = false
    },
    abortUnsent: (name) => {
      asked ??= name
      abortIfAsked()
    },
  }
}
