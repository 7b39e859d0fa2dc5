import type { LimitsSnapshot } from '@capstan/limits/types'

type Because = NonNullable<LimitsSnapshot['wait']>['because']

/** The reason why the head of the wait queue waits. */
export interface WaitModel {
  note(because: Because, waitMs: number): void
  /** A call was granted, so the wait is over. */
  end(): void
  view(waiting: number): Pick<LimitsSnapshot, 'waiting' | 'wait'>
}

export function waitModel(clock: () => number): WaitModel {
  let last: { because: Because; until: number } | undefined
  return {
    note: (because, waitMs) => (last = { because, until: clock() + waitMs }),
    end: () => {
      if (last) last = { ...last, until: Math.min(last.until, clock()) }
    },
    view: (waiting) => ({
      waiting,
      wait:
        last && (last.until > clock() || waiting > 0)
          ? { because: last.because, forMs: Math.max(0, last.until - clock()) }
          : null,
    }),
  }
}
