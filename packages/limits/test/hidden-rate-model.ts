import type { Dimension } from '@capstan/shared/contract/observed-limits'

const MEASURED = ['requests', 'input-tokens', 'output-tokens'] as const
type Costs = Record<Dimension, number>

/** What is learned of a rate limit that no header tells, in plain TypeScript. */
export interface HiddenRateModel {
  /** A minute; undefined when nothing is known of it or somebody told a limit. */
  limitOf(dimension: Dimension): number | undefined
  drawn(costs: Costs): void
  ended(grantedAt: number, reserved: Costs, actual: Costs): void
  turnedAway(grantedAt: number, callsAMinute: number, isBound: boolean): void
  /** A 429 that may be the first of a series. */
  noteFirst(callsAMinute: number): void
  /** Whether there is a lesson to learn from, after which the buckets have to be emptied. */
  isDue(pausedUntil: number): boolean
  learn(medianMs: number): void
  pressed(): void
  /** Whether 429s were too many for a rate that was measured. */
  isByLuck(): boolean
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
  let awayRate = 0
  let markRate = 0
  let isGuess = false
  let isBound = false
  let confirmed = 0
  let strikes = 0
  let luckUntil = 0

  const factor = (): number => {
    const old = clock() - (learnedAt ?? clock())
    const longer = 2 ** confirmed
    const x = Math.max(
      isGuess ? (answers - 200) / 200 : (answers - longer * 4_000) / 2_000,
      (old - longer * 1_800_000) / 1_800_000,
    )
    return x <= 0 ? 1 : 1 + x * x
  }
  const add = (costs: Costs, sign: 1 | -1): void => {
    if (mark === undefined) return
    for (const dimension of MEASURED) {
      taken.set(dimension, (taken.get(dimension) ?? 0) + sign * costs[dimension])
    }
  }
  const rateOf = (dimension: Dimension, spanMs: number): number => {
    const calls = taken.get('requests') ?? 0
    const count = taken.get(dimension) ?? 0
    const counted = dimension === 'requests' ? count - 1 : count * (1 + 1 / Math.sqrt(calls))
    return Math.max(1, Math.floor(((0.95 * counted) / spanMs) * 60_000))
  }
  const adopt = (of: (dimension: Dimension) => number, guess: boolean, proofs = 0): void => {
    confirmed = proofs
    const levels = MEASURED.map((dimension) => [dimension, of(dimension)] as const)
    for (const [dimension, level] of levels) plateau.set(dimension, level)
    learnedAt = clock()
    answers = 0
    isGuess = guess
  }
  const relearn = (spanMs: number): void => {
    const tried = factor()
    const wasChance = isGuess && tried === 1 && (taken.get('requests') ?? 0) >= 120
    strikes = tried > 1 || isGuess || answers >= 400 ? 0 : strikes + 1
    if (wasChance || strikes >= 3) {
      adopt(() => 0, false)
      strikes = 0
      luckUntil = clock() + 300_000
      return
    }
    const levelOf = (dimension: Dimension): number => plateau.get(dimension) ?? 0
    const lower = (dimension: Dimension): number => {
      const [before, rate] = [levelOf(dimension), rateOf(dimension, spanMs)]
      if (before === 0 || isGuess) return rate
      if (tried > 1) return Math.max(before, rate)
      return Math.max(1, Math.floor(Math.min(0.95 * before, Math.max(0.7 * before, rate))))
    }
    const middle = (dimension: Dimension): number =>
      Math.floor((lower(dimension) + Math.max(lower(dimension), levelOf(dimension) * tried)) / 2)
    const isFar = tried > 1 && levelOf('requests') * tried > 1.3 * lower('requests')
    const isRight = tried > 1 && !isGuess
    if (isFar) adopt(middle, !isGuess)
    else adopt(lower, false, isRight ? Math.min(2, confirmed + 1) : confirmed)
  }
  const learn = (spanMs: number, leastMs: number): void => {
    const isKnown = (plateau.get('requests') ?? 0) > 0 && factor() < 4
    const measures = spanMs >= leastMs && (taken.get('requests') ?? 0) >= 2
    const isShort = spanMs <= 60_000
    if (measures && isKnown && isBound) relearn(spanMs)
    else if (measures && (isShort || isKnown)) adopt((one) => rateOf(one, spanMs), !isShort)
    else if (!isKnown && awayRate > 0) {
      const guess = Math.max(1, Math.floor(0.5 * awayRate))
      adopt((dimension) => (dimension === 'requests' ? guess : 0), true)
    }
  }
  return {
    limitOf: (dimension) => {
      const level = plateau.get(dimension)
      if (level === undefined || level === 0 || isTold() || factor() >= 4) return undefined
      return Math.floor(level * factor())
    },
    drawn: (costs) => add(costs, 1),
    ended: (grantedAt, reserved, actual) => {
      if (mark === undefined || grantedAt <= mark) return
      add(actual, 1)
      add(reserved, -1)
    },
    turnedAway: (grantedAt, callsAMinute, bound) => {
      if (awaySince !== 0 || grantedAt <= awayAt) return
      awaySince = clock()
      awayRate = Math.max(callsAMinute, markRate)
      markRate = 0
      isBound = bound
    },
    noteFirst: (callsAMinute) => {
      markRate = callsAMinute
      mark = clock()
      taken.clear()
    },
    isDue: (pausedUntil) => awaySince > 0 && pausedUntil <= clock(),
    learn: (medianMs) => {
      const spanMs = awaySince - (mark ?? awaySince)
      if (!isTold()) learn(spanMs, Math.max(2_000, 2 * medianMs))
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
    isByLuck: () => clock() < luckUntil,
  }
}
