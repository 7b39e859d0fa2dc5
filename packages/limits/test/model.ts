import { DIMENSIONS } from '@capstan/shared/contract/observed-limits'
import type { Dimension, ObservedLimits } from '@capstan/shared/contract/observed-limits'
import type {
  AcquireResult,
  AcquireRequest,
  EndedBlock,
  CallOutcome,
  ConfiguredLimits,
  LimitsSnapshot,
} from '@capstan/limits/types'
import { breakerModel, type BreakerModel } from './breaker-model.ts'
import {
  actualCosts,
  findBurstMs,
  each,
  granted,
  type LimitsModel,
  type Lease,
  type PerDimension,
  type QueueEntry,
  type SettledCall,
} from './model-types.ts'
import { estimateModel } from './estimate-model.ts'
import { evidenceModel } from './evidence-model.ts'
import { learnedRateModel } from './learned-rate-model.ts'
import { waitModel } from './wait-model.ts'

/** Units per token, so that the refill per millisecond of an integer limit per minute is an integer. */
const UNIT = 300_000_000

/** Creates the model of an unused limit key, configured with `first`. */
export function limitsModel(clock: () => number, first: ConfiguredLimits): LimitsModel {
  let limits = first
  const observedLimit = new Map<Dimension, number>()
  const used = each(() => 0)
  const inARow = each(() => 0)
  let at = clock()
  const leases = new Map<string, Lease>()
  const queue = new Map<string, QueueEntry>()
  let ticket = 0
  let lost = 0
  const headWait = waitModel(clock)
  const pauseState = { until: 0, reason: '' }
  const ramp = { part: 1, until: -1 }
  const aimd = { limit: 0, slow: true, roundAt: Number.NEGATIVE_INFINITY, goodAt: clock() }
  aimd.limit = first.concurrency.start
  const ceiling = { at: -1, calls: 0, answers: 0, top: 0, proofs: 0 }
  const rejections = { calls: 0, low: 0, inside: 0 }
  /** The present round of failures: whether it decreased the limit, whether on evidence of load, and its error text. */
  const round = { has: false, isLoad: false, reason: null as string | null }
  // The concurrency limit before the present trouble, until a call that started in it is answered.
  const trouble = { at: 0, before: 0, slow: false }
  const estimate = estimateModel()
  const evidence = evidenceModel(clock, estimate.median)
  const breaker: BreakerModel = breakerModel(clock)

  const statedLimit = (dimension: Dimension): number | undefined => {
    const known = [limits.perMinute[dimension], observedLimit.get(dimension)]
    const numbers = known.filter((value) => value !== undefined)
    return numbers.length > 0 ? Math.min(...numbers) : undefined
  }
  const isStated = (): boolean => DIMENSIONS.some((one) => statedLimit(one) !== undefined)
  const rates = learnedRateModel(clock, isStated)
  const limitOf = (dimension: Dimension): number | undefined =>
    statedLimit(dimension) ?? rates.limitOf(dimension)
  const rampPart = (): number => {
    let { part } = ramp
    for (let since = clock() - ramp.until; since >= 10_000 && part < 1; since -= 10_000)
      part *= 1.15
    return Math.min(1, part)
  }
  const partOf = (dimension: Dimension): number => (dimension === 'requests' ? rampPart() : 1)
  const rateOf = (dimension: Dimension): number => {
    const parts = fluidCapacityOf(dimension) < UNIT ? 490 : 499
    return Math.floor((limitOf(dimension) ?? 0) * parts * 10 * partOf(dimension))
  }
  const burstOf = (dimension: Dimension) =>
    findBurstMs(limits, dimension, statedLimit(dimension) !== undefined)
  const marginMs = (dimension: Dimension) => Math.min(600, Math.floor(burstOf(dimension) / 20))
  const fluidCapacityOf = (dimension: Dimension): number => {
    const whole = (limitOf(dimension) ?? 0) * 5_000 * (burstOf(dimension) - marginMs(dimension))
    return Math.floor(whole * partOf(dimension) * partOf(dimension))
  }
  const capacityOf = (dimension: Dimension): number => Math.max(UNIT, fluidCapacityOf(dimension))
  const usedNow = (dimension: Dimension): number =>
    limitOf(dimension) === undefined
      ? 0
      : Math.max(0, used[dimension] - (clock() - at) * rateOf(dimension))
  /** Applies the refill up to now. */
  const settleTime = (): void => {
    for (const dimension of DIMENSIONS) used[dimension] = usedNow(dimension)
    at = clock()
  }
  const flightOf = (dimension: Dimension): number =>
    [...leases.values()].reduce((sum, lease) => sum + lease.costs[dimension], 0)
  const need = (dimension: Dimension, cost: number): number =>
    Math.min(cost * UNIT, capacityOf(dimension))
  const concurrency = (): number =>
    clock() - aimd.goodAt > 86_400_000 ? limits.concurrency.start : aimd.limit
  const { median } = estimate
  const costsOf = (request: AcquireRequest): PerDimension<number> => {
    const { characters, maxOutputTokens, types = 1 } = request
    const total = estimate.inputTokens(characters)
    const cached = limits.cachedTokensCount ? 0 : Math.floor(estimate.cachedTokens(types))
    return {
      requests: 1,
      'input-tokens': Math.max(1, total - cached),
      'output-tokens': Math.min(maxOutputTokens, Math.ceil(types * estimate.outputTokens(types))),
      tokens: total + maxOutputTokens,
    }
  }
  const expireLeases = (): number => {
    const dead = [...leases].filter(([, lease]) => lease.expiresAt <= clock())
    for (const [name] of dead) leases.delete(name)
    lost += dead.length
    return dead.length
  }

  const waitOf = (request: AcquireRequest): [number, string, boolean] => {
    const mine = queue.get(request.lease)?.ticket ?? Number.POSITIVE_INFINITY
    const ahead = [...queue.values()].filter((entry) => entry.ticket < mine)
    const costs = costsOf(request)
    const paused = Math.max(0, pauseState.until - clock())
    const broken = breaker.wait()
    const waits: [number, string][] = []
    waits.push([paused, 'paused'], [broken, 'breaker'])
    for (const dimension of DIMENSIONS) {
      if (limitOf(dimension) === undefined) continue
      const needs = ahead.map((entry) => need(dimension, entry.costs[dimension]))
      const setAside = needs.reduce((sum, units) => sum + units, 0)
      const missing =
        usedNow(dimension) + setAside + need(dimension, costs[dimension]) - capacityOf(dimension)
      waits.push([missing <= 0 ? 0 : Math.ceil(missing / rateOf(dimension)), dimension])
    }
    const full = leases.size + ahead.length >= Math.floor(concurrency())
    const slotMs = Math.min(250, Math.max(20, Math.floor(median() / concurrency())))
    waits.push([full ? slotMs : 0, 'concurrency'])
    const [wait, because] = waits.reduce((most, next) => (next[0] > most[0] ? next : most))
    return [wait, because, paused > 0 || broken > 0]
  }

  /** Learns from a 429: the buckets of learned limits are empty and lag two seconds of refill. */
  const learnFrom429 = (): void => {
    if (!rates.isDue(pauseState.until)) return
    settleTime()
    rates.learn(median())
    for (const dimension of DIMENSIONS) {
      if (rates.limitOf(dimension) === undefined) continue
      used[dimension] = capacityOf(dimension) + 500 * rateOf(dimension)
    }
  }
  const isRateBound = (): boolean =>
    DIMENSIONS.some(
      (dimension) =>
        rates.limitOf(dimension) !== undefined && used[dimension] * 2 >= capacityOf(dimension),
    )

  const acquire = (request: AcquireRequest): AcquireResult => {
    const held = leases.get(request.lease)
    if (held) return granted(held, undefined)
    expireLeases()
    learnFrom429()
    for (const [name, entry] of queue) {
      if (name !== request.lease && entry.expiresAt <= clock()) queue.delete(name)
    }
    const [waitMs, because, isBlocked] = waitOf(request)
    if (waitMs > 0) {
      const entry = queue.get(request.lease)
      const mine = entry?.ticket ?? Number.POSITIVE_INFINITY
      const isHead = [...queue.values()].every(({ ticket: other }) => other >= mine)
      if (isHead && !isBlocked) headWait.note(because as Dimension, waitMs)
      if (isBlocked || waitMs > request.maxWaitMs) queue.delete(request.lease)
      else {
        queue.set(request.lease, {
          ticket: entry?.ticket ?? (ticket += 1),
          expiresAt: clock() + Math.min(waitMs, request.pollMs) + 1_000,
          costs: costsOf(request),
        })
      }
      return { outcome: 'wait', waitMs, because: because as Dimension }
    }
    headWait.end()
    const { probe, change } = breaker.enter(request.ttlMs)
    settleTime()
    const costs = costsOf(request)
    for (const dimension of DIMENSIONS) used[dimension] += costs[dimension] * UNIT
    rates.recordUsage(costs)
    const flight = each((dimension) => flightOf(dimension) + costs[dimension])
    queue.delete(request.lease)
    const lease: Lease = {
      expiresAt: clock() + request.ttlMs,
      grantedAt: clock(),
      characters: request.characters,
      types: request.types ?? 1,
      costs,
      usedThen: { ...used },
      flightThen: flight,
      epoch: breaker.epoch(),
      probe,
      level: leases.size + 1,
    }
    if (probe === 0) evidence.recordCall(lease.level, ceiling.calls)
    leases.set(request.lease, lease)
    return granted(lease, change)
  }

  const observe = (observed: ObservedLimits, call: Lease | undefined): void => {
    for (const dimension of DIMENSIONS) {
      const seen = observed[dimension]
      if (!seen) continue
      const known = statedLimit(dimension) !== undefined
      observedLimit.set(dimension, seen.limit)
      const there = (seen.limit - seen.remaining) * UNIT
      if (!known) {
        const margin = seen.limit * 5_000 * marginMs(dimension)
        const usedByProvider = capacityOf(dimension) + margin - seen.remaining * UNIT
        used[dimension] = Math.max(flightOf(dimension) * UNIT, usedByProvider)
        continue
      }
      const [now, then] = [used[dimension], call?.usedThen[dimension] ?? used[dimension]]
      const flightNow = flightOf(dimension)
      const flightThen = call?.flightThen[dimension] ?? flightNow
      const rounding = seen.roundedTo > 1 ? (seen.roundedTo * UNIT) / 2 : 0
      const uncertain = Math.floor(0.15 * Math.max(flightNow, flightThen)) * UNIT
      const above =
        capacityOf(dimension) - Math.max(now, then) - (seen.remaining * UNIT + rounding + uncertain)
      if (above > 0) {
        used[dimension] += above
        inARow[dimension] = 0
        continue
      }
      const low = Math.min(now - flightNow * UNIT, then - flightThen * UNIT)
      const below = low - there - rounding
      const more = below > 0 && limitOf(dimension) === seen.limit && partOf(dimension) === 1
      inARow[dimension] = more ? Math.min(3, inARow[dimension] + 1) : 0
      if (inARow[dimension] === 3) {
        used[dimension] = Math.max(0, used[dimension] - Math.floor(0.2 * below))
      }
    }
  }

  const setCeiling = (calls: number, proofs: number): void => {
    const least = Math.max(calls, evidence.answeredTogether())
    Object.assign(ceiling, { at: clock(), calls: least, answers: 0, proofs })
    evidence.resetAbove()
  }

  const learnCeiling = (c: number, inFlight: number): void => {
    if (inFlight < c / 2) return
    const { top } = ceiling
    ceiling.top = inFlight
    if (Math.max(top, inFlight) > 1.25 * Math.min(top, inFlight)) return
    setCeiling(Math.max(1, Math.min(top, inFlight) - 1), -5)
  }

  const increase = (c: number, inFlight: number): number => {
    const { calls } = ceiling
    if (calls > 0) {
      aimd.slow = false
      ceiling.top = Math.min(ceiling.top, calls)
    }
    const isPassed = calls > 0 && c >= calls + 2
    if (isPassed) ceiling.calls = 0
    const isKnown = calls > 0 && !isPassed
    if (isKnown) ceiling.answers += 1
    const longer = 2 ** ceiling.proofs
    const isYoung = ceiling.answers <= 4_000 * longer && clock() - ceiling.at <= 600_000 * longer
    const binds = isKnown && isYoung
    if (inFlight < c / 2) return c
    const towards = (target: number): number =>
      Math.min(target, c + Math.max(1, (target - c) / 2) / c)
    if (binds && c <= calls) return towards(calls)
    if (aimd.slow) return c + 1
    return c < ceiling.top - 1 ? towards(ceiling.top - 1) : c + 1 / c
  }

  const rememberLimit = (c: number): void => {
    if (trouble.before === 0) Object.assign(trouble, { at: clock(), before: c, slow: aimd.slow })
  }

  /** Undoes what was learned in an outage, except for one decrease. */
  const recordOutage = (): void => {
    rejections.calls = 0
    if (ceiling.at >= trouble.at) ceiling.calls = 0
    const { before, slow } = trouble
    if (before === 0) return
    aimd.limit = Math.max(concurrency(), 1, before * 0.7)
    aimd.slow = slow
    ceiling.top = Math.max(ceiling.top, before)
    trouble.before = 0
  }

  const isRefuted = (): boolean => {
    const { calls, low, inside } = rejections
    const isFresh = ceiling.calls > 0 && ceiling.at >= Math.max(0, aimd.roundAt)
    if (calls === 0 && !isFresh) return false
    return inside > 1.25 * Math.max(1, calls > 0 ? low : ceiling.calls) + 3
  }

  /** A call in flight at the rejections was answered: there were too many calls, or an outage. */
  const confirmCapacity = (grantedAt: number): void => {
    if (!round.has || grantedAt > aimd.roundAt) return
    rejections.inside += 1
    if (isRefuted()) {
      recordOutage()
      return
    }
    if (!round.isLoad || rejections.calls < 3) return
    rememberLimit(concurrency())
    setCeiling(Math.max(1, rejections.low), -5)
    aimd.limit = Math.min(concurrency(), ceiling.calls)
    rejections.calls = 0
  }

  const wasAlone = (inFlight: number): boolean => {
    if (ceiling.calls === 0 && rejections.calls === 0) return true
    return inFlight <= Math.max(3, (ceiling.calls || rejections.low) / 1.25)
  }

  const decreased = (signal: 'load' | 'many', inFlight: number): number => {
    const c = concurrency()
    const less = Math.max(1, c * 0.7)
    if (ceiling.calls > 0 && c > ceiling.calls) {
      setCeiling(ceiling.calls, Math.min(2, Math.max(0, ceiling.proofs + 1)))
      return ceiling.calls
    }
    if (signal === 'load') {
      learnCeiling(c, inFlight)
      return Math.min(less, ceiling.calls || less)
    }
    ceiling.top = inFlight
    return Math.min(c, Math.max(less, 4, evidence.answeredTogether()))
  }

  const recordOverload = (
    { cause, kind }: CallOutcome,
    { inFlight, isEarly, isLate }: { inFlight: number; isEarly: boolean; isLate: boolean },
  ): void => {
    const isSame = clock() - aimd.roundAt < median()
    if (isLate && !isSame) return
    if (!isSame) {
      Object.assign(rejections, { calls: 0, inside: 0 })
      round.has = false
      aimd.roundAt = clock()
    }
    if (isEarly) {
      const low = rejections.calls > 0 ? rejections.low : inFlight
      rejections.low = Math.min(low, inFlight - 1)
      rejections.calls += 1
    }
    if (round.has) {
      if (evidence.showsLoad()) round.isLoad = true
      if (isRefuted()) recordOutage()
      return
    }
    const signal = kind === 'ramp-limited' ? 'load' : evidence.signal()
    if (!signal) return
    rememberLimit(concurrency())
    const less = decreased(signal, inFlight)
    if (signal === 'load') evidence.reset()
    Object.assign(round, { has: true, isLoad: signal === 'load', reason: cause ?? kind })
    Object.assign(aimd, { limit: less, slow: false, goodAt: clock() })
  }

  const control = (
    outcome: CallOutcome,
    { grantedAt, probe, epoch, level }: Lease,
    { inFlight, isRate, isExhausted, pauseMs }: SettledCall,
  ): void => {
    const { kind, observed } = outcome
    if (kind === 'answered') {
      confirmCapacity(grantedAt)
      if (probe === 0 && grantedAt > trouble.at) trouble.before = 0
      aimd.limit = Math.min(limits.concurrency.max, increase(concurrency(), inFlight))
      aimd.goodAt = clock()
      if (isRate) rates.countAnswer()
      return
    }
    const isUnstated = kind === 'rate-limited' && Object.keys(observed ?? {}).length === 0
    const callsPerMinute = inFlight >= 10 ? Math.floor((inFlight / median()) * 60_000) : 0
    if (isUnstated && !isStated()) {
      const isRare = evidence.recordGap(grantedAt)
      const isEvidence = isExhausted || (pauseMs > 0 && !rates.isByChance())
      if (isEvidence) {
        rates.record429({ grantedAt, callsPerMinute, isBound: isRate, isExhausted, isRare })
      }
    }
    const isSlowed = kind === 'ramp-limited' && limitOf('requests') !== undefined
    const isDrop = ['overload', 'timeout', isSlowed ? '' : 'ramp-limited'].includes(kind)
    if (probe > 0 || !(isDrop || (isUnstated && !isRate))) return
    const isEarly = kind === 'overload' && clock() - grantedAt <= median() / 2
    evidence.recordFailure(level, grantedAt, ceiling)
    recordOverload(outcome, { inFlight, isEarly, isLate: epoch !== breaker.epoch() })
  }

  const slowDownRamp = (grantedAt: number): void => {
    const part = rampPart()
    if (grantedAt > ramp.until) ramp.part = Math.max(0.02, part < 1 ? part * 0.9 : 0.5)
    ramp.until = Math.max(clock(), pauseState.until)
    if (limitOf('requests') === undefined) return
    used.requests = capacityOf('requests') + rateOf('requests') * (ramp.until - clock())
  }

  /** A pause that ends early leaves no debt for its rest. */
  const endRampPause = (): void => {
    if (ramp.until <= clock()) return
    settleTime()
    ramp.until = clock()
    used.requests = Math.min(used.requests, capacityOf('requests'))
  }

  const blockNow = (): EndedBlock | null => {
    const { state, forMs: openMs, reason } = breaker.view()
    const pausedMs = pauseState.until - clock()
    const until = new Date(clock() + Math.max(pausedMs, openMs)).toISOString()
    if (pausedMs > 0 && pausedMs >= openMs) return { reason: pauseState.reason, until }
    return state === 'open' ? { reason: `circuit breaker open: ${reason}`, until } : null
  }

  const pause = (forMs: number, reason: string): void => {
    if (clock() + forMs <= pauseState.until) return
    Object.assign(pauseState, { until: clock() + forMs, reason })
  }

  return {
    configure: (next) => {
      settleTime()
      for (const dimension of DIMENSIONS) {
        if (limitOf(dimension) === undefined) used[dimension] = flightOf(dimension) * UNIT
      }
      limits = next
      if (clock() - aimd.goodAt > 86_400_000) {
        Object.assign(aimd, { limit: next.concurrency.start, slow: true, goodAt: clock() })
        round.reason = null
      }
      aimd.limit = Math.min(aimd.limit, next.concurrency.max)
    },
    acquire,
    leaveQueue: (lease) => void queue.delete(lease),
    settle: (name, outcome) => {
      // The limiter of the test draws 0.5, so pauses are 5 % longer.
      const asked = outcome.kind === 'ramp-limited' ? 5_000 : 0
      let pauseMs = Math.ceil((outcome.retryAfterMs ?? asked) * 1.05)
      if (pauseMs > 0) pause(pauseMs, outcome.cause ?? outcome.kind)
      const lease = leases.get(name)
      if (!lease) return { outcome: 'unknown' }
      const inFlight = leases.size
      leases.delete(name)
      evidence.recordEnd(lease.grantedAt, outcome.kind === 'answered', inFlight - 1)
      const isNothing = outcome.kind === 'unsent' || outcome.kind === 'aborted'
      if (isNothing && lease.probe === 0) evidence.removeCall(lease.level, lease.grantedAt)
      settleTime()
      const actual = actualCosts(lease, outcome, limits.cachedTokensCount)
      for (const dimension of DIMENSIONS) {
        const change = actual[dimension] - lease.costs[dimension]
        used[dimension] = Math.max(0, used[dimension] + change * UNIT)
      }
      const counted = outcome.kind === 'rate-limited' ? each(() => 0) : actual
      rates.correctUsage(lease.grantedAt, lease.costs, counted)
      const isRate = isRateBound()
      observe(outcome.observed ?? {}, lease)
      if (outcome.kind === 'ramp-limited') slowDownRamp(lease.grantedAt)
      if (outcome.kind === 'answered') {
        estimate.learn(lease, clock() - lease.grantedAt, outcome.usage)
      }
      const isExhausted =
        outcome.kind === 'rate-limited' && evidence.recordRejection(lease.grantedAt)
      if (outcome.kind === 'rate-limited' && outcome.retryAfterMs === undefined) {
        pauseMs = isExhausted || isRate ? 5_250 : 0
        if (pauseMs > 0) pause(pauseMs, outcome.cause ?? outcome.kind)
      }
      control(outcome, lease, { inFlight, isRate, isExhausted, pauseMs })
      const change = breaker.leave(lease.epoch, lease.probe, outcome)
      if (lease.probe > 0 && change?.to === 'open' && wasAlone(inFlight)) recordOutage()
      if (change?.to === 'closed') {
        if (trouble.before > 0) aimd.slow = true
        trouble.before = 0
      }
      return { outcome: 'settled', ...(change ? { breaker: change } : {}) }
    },
    observe: (observed) => {
      settleTime()
      observe(observed, undefined)
    },
    pause,
    resume: () => {
      const ended = blockNow()
      if (pauseState.until > clock()) {
        pauseState.until = 0
        endRampPause()
      }
      breaker.resume()
      return ended
    },
    expireLeases,
    listedUntil: () => {
      const ends = Math.max(pauseState.until, breaker.blockEnd())
      return ends > clock() ? ends : null
    },
    snapshot: () => {
      const dimensions: LimitsSnapshot['dimensions'] = {}
      for (const dimension of DIMENSIONS) {
        const limit = limitOf(dimension)
        if (limit === undefined) continue
        dimensions[dimension] = {
          limit,
          configured: limits.perMinute[dimension] ?? null,
          observed: observedLimit.get(dimension) ?? null,
          capacity: capacityOf(dimension) / UNIT,
          available: (capacityOf(dimension) - usedNow(dimension)) / UNIT,
        }
      }
      const alive = [...leases.values()].filter((lease) => lease.expiresAt > clock()).length
      const waiting = [...queue.values()].filter((entry) => entry.expiresAt > clock()).length
      const pausedMs = Math.max(0, pauseState.until - clock())
      return {
        atMs: clock(),
        dimensions,
        concurrency: {
          limit: concurrency(),
          max: limits.concurrency.max,
          inFlight: alive,
          decreaseReason: concurrency() < limits.concurrency.max ? round.reason : null,
        },
        ...headWait.view(waiting),
        paused: pausedMs > 0 ? { forMs: pausedMs, reason: pauseState.reason } : null,
        breaker: breaker.view(),
        ...estimate.view(),
        expiredLeases: lost + leases.size - alive,
      }
    },
  }
}
