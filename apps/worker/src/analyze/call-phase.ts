import type { AbortName } from './disposition.ts'

/** Whether an abort of the attempt would lose a paid answer. */
export interface CallPhase {
  /** The next call is prepared or waits for admission. Aborts the attempt if that was requested meanwhile. */
  wait(): void
  /** A call is sent: from now on only its answer ends the attempt, until it waits for another call. */
  send(): void
  /** Aborts the attempt as soon as it has no call in flight and stores no answer. */
  abortUnsent(name: AbortName): void
}

/** `abort` may be called more than once, always with the first name. An attempt starts in the waiting phase. */
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
