import type { Dimension } from '@capstan/shared/contract/observed-limits'

const MEASURED = ['requests', 'input-tokens', 'output-tokens'] as const
type Costs = Record<Dimension, number>

interface Seen429 {
  grantedAt: number
  /** Estimated from the calls in flight; 0 for few. */
  callsPerMinute: number
  /** Whether a learned limit delayed calls. */
  isBound: boolean
  /** Whether the calls after a first 429 were rejected as well. */
  isExhausted: boolean
  /** Whether it is the first 429 in many calls. */
  isRare: boolean
}

/** Model of learned-rate.lua in plain TypeScript. */
export interface LearnedRateModel {
  /** Limit per minute; undefined without a learned rate or with a stated limit. */
  limitOf(dimension: Dimension): number | undefined
  recordUsage(costs: Costs): void
  correctUsage(grantedAt: number, reserved: Costs, actual: Costs): void
  record429(seen: Seen429): void
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
  let pending: (Seen429 & { at: number }) | undefined
  let learnedAt: number | undefined
  let answers = 0
  let isGuess = false
  let failedProbes = 0
  let strikes = 0
  let chanceUntil = 0
  let highest = 0
  /** Calls of the present busy period, in two halves of at most 150 s. */
  const busy = { lastAt: 0, at: 0, calls: 0, earlierAt: 0, earlierCalls: 0 }

  const factor = (): number => {
    const age = clock() - (learnedAt ?? clock())
    const longer = 2 ** failedProbes
    const x = isGuess
      ? Math.max(answers / 200, age / 20_000) - 1
      : Math.max((answers - longer * 4_000) / 2_000, (age - longer * 1_800_000) / 1_800_000)
    return x <= 0 ? 1 : 1 + x * x
  }
  const add = (costs: Costs, sign: 1 | -1): void => {
    if (mark === undefined) return
    for (const dimension of MEASURED) {
      used.set(dimension, (used.get(dimension) ?? 0) + sign * costs[dimension])
    }
  }
  const countBusy = (): void => {
    const now = clock()
    if (now - busy.lastAt > 10_000) {
      Object.assign(busy, { at: now, calls: 0, earlierAt: now, earlierCalls: 0 })
      highest = 0
    } else if (now - busy.at > 150_000) {
      Object.assign(busy, { earlierAt: busy.at, earlierCalls: busy.calls, at: now, calls: 0 })
    }
    busy.lastAt = now
    busy.calls += 1
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
    highest = 0
  }
  const levelOf = (dimension: Dimension): number => plateau.get(dimension) ?? 0
  const relearn = (spanMs: number, { isExhausted }: Seen429): void => {
    const tried = factor()
    if (tried > 1 || isExhausted) strikes = 0
    else if (!isGuess) strikes += 1
    if (strikes >= 2) {
      adopt(() => 0, false)
      strikes = 0
      chanceUntil = clock() + 300_000
      return
    }
    const isFew = isGuess && (used.get('requests') ?? 0) < 10
    const lower = (dimension: Dimension): number => {
      const [before, rate] = [levelOf(dimension), rateOf(dimension, spanMs)]
      if (before === 0) return isFew ? 0 : rate
      if (isFew) return Math.max(rate, Math.floor(before / 2))
      if (isGuess) return rate
      if (tried > 1) return Math.max(before, rate)
      return Math.max(1, Math.floor(Math.min(0.95 * before, Math.max(0.7 * before, rate))))
    }
    const middle = (dimension: Dimension): number =>
      Math.floor((lower(dimension) + Math.max(lower(dimension), levelOf(dimension) * tried)) / 2)
    const isFar = tried > 1 && levelOf('requests') * tried > 1.3 * lower('requests')
    const isRight = tried > 1 && !isGuess
    if (isFar) adopt(middle, !isGuess)
    else adopt(lower, isFew, isRight ? Math.min(2, failedProbes + 1) : failedProbes)
  }
  const guess = (at: number): void => {
    const spanMs = at - busy.earlierAt
    const calls = busy.calls + busy.earlierCalls
    const least = spanMs < 20_000 ? 0 : ((0.95 * calls) / (spanMs + 60_000)) * 60_000
    const level = Math.floor(Math.max(least, 0.7 * highest))
    if (level >= 1) adopt((dimension) => (dimension === 'requests' ? level : 0), true)
  }
  const learn = (spanMs: number, leastMs: number, seen: Seen429 & { at: number }): void => {
    const isKnown = levelOf('requests') > 0 && factor() < 4
    const measures = spanMs >= leastMs && (used.get('requests') ?? 0) >= 2
    const isShort = spanMs <= 60_000
    const isFew = (used.get('requests') ?? 0) < 10
    if (measures && isKnown && seen.isBound) relearn(spanMs, seen)
    else if (measures && (isShort || isKnown))
      adopt((one) => rateOf(one, spanMs), !isShort || isFew)
    else if (!isKnown && (seen.isExhausted || seen.isRare)) guess(seen.at)
  }
  return {
    limitOf: (dimension) => {
      const level = plateau.get(dimension)
      if (level === undefined || level === 0 || isStated() || factor() >= 4) return undefined
      return Math.floor(level * factor())
    },
    recordUsage: (costs) => {
      countBusy()
      add(costs, 1)
    },
    correctUsage: (grantedAt, reserved, actual) => {
      if (grantedAt >= busy.at) busy.calls += actual.requests - reserved.requests
      if (mark === undefined || grantedAt <= mark) return
      add(actual, 1)
      add(reserved, -1)
    },
    record429: (seen) => {
      highest = Math.max(highest, seen.callsPerMinute)
      if (pending) pending.isExhausted ||= seen.isExhausted
      else if (seen.grantedAt > rejectedAt) pending = { ...seen, at: clock() }
    },
    isDue: (pausedUntil) => pending !== undefined && pausedUntil <= clock(),
    learn: (medianMs) => {
      if (!pending) return
      const spanMs = pending.at - (mark ?? pending.at)
      if (!isStated()) learn(spanMs, Math.max(2_000, 2 * medianMs), pending)
      if (mark === undefined || spanMs >= 20_000) {
        mark = pending.at
        used.clear()
      }
      rejectedAt = pending.at
      pending = undefined
    },
    countAnswer: () => {
      answers += 1
    },
    isByChance: () => clock() < chanceUntil,
  }
}
