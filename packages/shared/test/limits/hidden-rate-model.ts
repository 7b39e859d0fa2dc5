import type { Dimension } from '@capstan/shared/limits/types'

const MEASURED = ['requests', 'input-tokens', 'output-tokens'] as const
type Costs = Record<Dimension, number>

/** What is learned of a rate limit that no header tells, in plain TypeScript. */
export interface HiddenRateModel {
  /** A minute; undefined when nothing is known of it or somebody told a limit. */
  limitOf(dimension: Dimension): number | undefined
  drawn(costs: Costs): void
  ended(grantedAt: number, reserved: Costs, actual: Costs): void
  turnedAway(grantedAt: number): void
  /** Whether there is a lesson to learn from, after which the buckets have to be emptied. */
  isDue(pausedUntil: number): boolean
  learn(): void
  pressed(): void
}

/** Nothing has been turned away yet. */
export function hiddenRateModel(clock: () => number, isTold: () => boolean): HiddenRateModel {
  const plateau = new Map<Dimension, number>()
  const taken = new Map<Dimension, number>()
  let mark: number | undefined
  let awayAt = -1
  let awaySince = 0
  let learnedAt: number | undefined
  let answers = 0

  const factor = (): number => {
    const part = Math.max(answers / 2_000, (clock() - (learnedAt ?? clock())) / 1_800_000)
    return part <= 1 ? 1 : 1 + (part - 1) * (part - 1)
  }
  const add = (costs: Costs, sign: 1 | -1): void => {
    if (mark === undefined) return
    for (const dimension of MEASURED) {
      taken.set(dimension, (taken.get(dimension) ?? 0) + sign * costs[dimension])
    }
  }
  const measure = (spanMs: number): void => {
    const calls = taken.get('requests') ?? 0
    if (spanMs < 2_000 || calls < 2) return
    const tried = factor()
    const isKnown = plateau.size > 0 && tried < 4
    if (!isKnown && spanMs > 60_000) return
    for (const dimension of MEASURED) {
      const count = taken.get(dimension) ?? 0
      const counted = dimension === 'requests' ? count - 1 : count * (1 + 1 / Math.sqrt(calls))
      const rate = Math.max(1, Math.floor(((0.95 * counted) / spanMs) * 60_000))
      const before = plateau.get(dimension) ?? 0
      const lower = Math.floor(Math.min(0.95 * before, Math.max(0.7 * before, rate)))
      const next = tried > 1 ? Math.max(before, rate) : Math.max(1, lower)
      plateau.set(dimension, isKnown ? next : rate)
    }
    learnedAt = clock()
    answers = 0
  }
  return {
    limitOf: (dimension) => {
      const level = plateau.get(dimension)
      if (level === undefined || isTold() || factor() >= 4) return undefined
      return Math.floor(level * factor())
    },
    drawn: (costs) => add(costs, 1),
    ended: (grantedAt, reserved, actual) => {
      if (mark === undefined || grantedAt <= mark) return
      add(actual, 1)
      add(reserved, -1)
    },
    turnedAway: (grantedAt) => {
      if (awaySince === 0 && grantedAt > awayAt) awaySince = clock()
    },
    isDue: (pausedUntil) => awaySince > 0 && pausedUntil <= clock(),
    learn: () => {
      const spanMs = awaySince - (mark ?? awaySince)
      if (!isTold()) measure(spanMs)
      if (mark === undefined || spanMs >= 20_000) {
        mark = awaySince
        taken.clear()
      }
      awayAt = awaySince
      awaySince = 0
    },
    pressed: () => {
      answers += 1
    },
  }
}
