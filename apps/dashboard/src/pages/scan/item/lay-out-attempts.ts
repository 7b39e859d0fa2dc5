import type { Attempt, ScanItem } from '@capstan/shared/contract/scan/scan-item'

/** A bar of the waterfall. Places are shares of the whole time, from 0 to 1. */
export interface WaterfallBar {
  attempt: Attempt
  /** Time before this attempt in which nothing ran, in ms. */
  waitMs: number
  waitStart: number
  start: number
  end: number
}

export interface Waterfall {
  /** From the first moment to the last one, in ms. */
  totalMs: number
  bars: WaterfallBar[]
}

/** Lays out attempts on one time line. `queuedAt` is when the type could have started. */
export function layOutAttempts(
  {
    attempts,
    status,
    startedAt,
    attempt,
  }: Pick<ScanItem, 'attempts' | 'status' | 'startedAt' | 'attempt'>,
  queuedAt: number,
  nowMs: number,
): Waterfall {
  const all = status === 'running' ? [...attempts, toRunning(startedAt, attempt, nowMs)] : attempts
  const shown = all.flatMap((one) => one ?? [])
  const ends = shown.map((one) => Date.parse(one.startedAt) + one.durationMs)
  const begin = Math.min(queuedAt, ...shown.map((one) => Date.parse(one.startedAt)))
  const totalMs = Math.max(1, ...ends.map((end) => end - begin))
  const bars = shown.map((one, index) => {
    const before = index === 0 ? begin : (ends[index - 1] ?? begin)
    const start = Date.parse(one.startedAt)
    return {
      attempt: one,
      waitMs: Math.max(0, start - before),
      waitStart: (Math.min(before, start) - begin) / totalMs,
      start: (start - begin) / totalMs,
      end: (start + one.durationMs - begin) / totalMs,
    }
  })
  return { totalMs, bars }
}

/** The attempt that runs is not recorded yet. */
function toRunning(startedAt: string | null, n: number, nowMs: number): Attempt | undefined {
  if (startedAt === null) return undefined
  const durationMs = Math.max(0, nowMs - Date.parse(startedAt))
  const rest = { worker: '', provider: '', model: '', usage: null }
  return { n: Math.max(1, n), startedAt, durationMs, ...rest, outcome: 'retrying' }
}
