import type { LimitsSnapshot } from '@capstan/limits/types'

type Because = NonNullable<LimitsSnapshot['wait']>['because']

/** The reason why the head of the wait queue waits. */
export interface WaitModel {
  note(because: Because, waitMs: number): void
  /** A call was granted, so the wait is over. */
  end(): void
  view(): LimitsSnapshot['wait']
}

export function waitModel(clock: () => number): WaitModel {
  let last = { because: 'concurrency' as Because, until: 0, at: Number.NEGATIVE_INFINITY }
  return {
    note: (because, waitMs) => (last = { because, until: clock() + waitMs, at: clock() }),
    end: () => void (last = { ...last, until: Math.min(last.until, clock()) }),
    view: () =>
      last.until > clock() || clock() - last.at <= 1_000
        ? { because: last.because, forMs: Math.max(0, last.until - clock()) }
        : null,
  }
}
