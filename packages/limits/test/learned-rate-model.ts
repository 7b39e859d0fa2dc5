import type { Dimension } from '@capstan/shared/contract/observed-limits'

const MEASURED = ['requests', 'input-tokens', 'output-tokens'] as const
type Costs = Record<Dimension, number>

/** Model of learned-rate.lua in plain TypeScript. */
export interface LearnedRateModel {
  /** Limit per minute; undefined without a learned rate or with a stated limit. */
  limitOf(dimension: Dimension): number | undefined
  recordUsage(costs: Costs): void
  correctUsage(grantedAt: number, reserved: Costs, actual: Costs): void
  record429(grantedAt: number, callsPerMinute: number, isBound: boolean): void
  /** A 429 that may be the first one of a series. */
  recordFirst429(callsPerMinute: number): void
  /** Whether a 429 is pending to learn from; then the buckets have to be emptied. */
  isDue(pausedUntil: number): boolean
  learn(medianMs: number): void
  countAnswer(): void
  /** Whether 429s count as chance events. */
  isByChance(): boolean
}

/** Creates the model before the first 429. */
export function learnedRateModel(clock: () => number, isStated: () => boolean): LearnedRateModel {
  const plateau = new Map<Dimension, number>()
  const used = new Map<Dimension, number>()
  let mark: number | undefined
  let rejectedAt = -1
  let pendingAt = 0
  let learnedAt: number | undefined
  let answers = 0
  let pendingRate = 0
  let markRate = 0
  let isGuess = false
  let isBound = false
  let failedProbes = 0
  let strikes = 0
  let chanceUntil = 0

  const factor = (): number => {
    const old = clock() - (learnedAt ?? clock())
    const longer = 2 ** failedProbes
    const x = Math.max(
      isGuess ? (answers - 200) / 200 : (answers - longer * 4_000) / 2_000,
      (old - longer * 1_800_000) / 1_800_000,
    )
    return x <= 0 ? 1 : 1 + x * x
  }
  const add = (costs: Costs, sign: 1 | -1): void => {
    if (mark === undefined) return
    for (const dimension of MEASURED) {
      used.set(dimension, (used.get(dimension) ?? 0) + sign * costs[dimension])
    }
  }
  const rateOf = (dimension: Dimension, spanMs: number): number => {
    const calls = used.get('requests') ?? 0
    const count = used.get(dimension) ?? 0
    const counted = dimension === 'requests' ? count - 1 : count * (1 + 1 / Math.sqrt(calls))
    return Math.max(1, Math.floor(((0.95 * counted) / spanMs) * 60_000))
  }
  const adopt = (of: (dimension: Dimension) => number, guess: boolean, proofs = 0): void => {
    failedProbes = proofs
    const levels = MEASURED.map((dimension) => [dimension, of(dimension)] as const)
    for (const [dimension, level] of levels) plateau.set(dimension, level)
    learnedAt = clock()
    answers = 0
    isGuess = guess
  }
  const relearn = (spanMs: number): void => {
    const tried = factor()
    const wasChance = isGuess && tried === 1 && (used.get('requests') ?? 0) >= 120
    strikes = tried > 1 || isGuess || answers >= 400 ? 0 : strikes + 1
    if (wasChance || strikes >= 3) {
      adopt(() => 0, false)
      strikes = 0
      chanceUntil = clock() + 300_000
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
    else adopt(lower, false, isRight ? Math.min(2, failedProbes + 1) : failedProbes)
  }
  const learn = (spanMs: number, leastMs: number): void => {
    const isKnown = (plateau.get('requests') ?? 0) > 0 && factor() < 4
    const measures = spanMs >= leastMs && (used.get('requests') ?? 0) >= 2
    const isShort = spanMs <= 60_000
    if (measures && isKnown && isBound) relearn(spanMs)
    else if (measures && (isShort || isKnown)) adopt((one) => rateOf(one, spanMs), !isShort)
    else if (!isKnown && pendingRate > 0) {
      const guess = Math.max(1, Math.floor(0.5 * pendingRate))
      adopt((dimension) => (dimension === 'requests' ? guess : 0), true)
    }
  }
  return {
    limitOf: (dimension) => {
      const level = plateau.get(dimension)
      if (level === undefined || level === 0 || isStated() || factor() >= 4) return undefined
      return Math.floor(level * factor())
    },
    recordUsage: (costs) => add(costs, 1),
    correctUsage: (grantedAt, reserved, actual) => {
      if (mark === undefined || grantedAt <= mark) return
      add(actual, 1)
      add(reserved, -1)
    },
    record429: (grantedAt, callsPerMinute, bound) => {
      if (pendingAt !== 0 || grantedAt <= rejectedAt) return
      pendingAt = clock()
      pendingRate = Math.max(callsPerMinute, markRate)
      markRate = 0
      isBound = bound
    },
    recordFirst429: (callsPerMinute) => {
      markRate = callsPerMinute
      mark = clock()
      used.clear()
    },
    isDue: (pausedUntil) => pendingAt > 0 && pausedUntil <= clock(),
    learn: (medianMs) => {
      const spanMs = pendingAt - (mark ?? pendingAt)
      if (!isStated()) learn(spanMs, Math.max(2_000, 2 * medianMs))
      if (mark === undefined || spanMs >= 20_000) {
        mark = pendingAt
        used.clear()
      }
      rejectedAt = pendingAt
      pendingAt = 0
    },
    countAnswer: () => {
      answers += 1
    },
    isByChance: () => clock() < chanceUntil,
  }
}
