import {
  DIMENSIONS,
  type Dimension,
  type ObservedLimits,
} from '@capstan/shared/contract/observed-limits'
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
  each,
  granted,
  type LimitsModel,
  type Lease,
  type PerDimension,
  type Place,
  type SettledCall,
} from './model-types.ts'
import { estimateModel } from './estimate-model.ts'
import { evidenceModel } from './evidence-model.ts'
import { hiddenRateModel } from './hidden-rate-model.ts'

/** Small enough that a refill of a whole number per minute is whole in each millisecond. */
const UNIT = 300_000_000

/** An unused limit key, configured with `limits`. Takes the time from `clock`. */
export function limitsModel(clock: () => number, first: ConfiguredLimits): LimitsModel {
  let limits = first
  const observedLimit = new Map<Dimension, number>()
  const used = each(() => 0)
  const inARow = each(() => 0)
  let at = clock()
  const leases = new Map<string, Lease>()
  const line = new Map<string, Place>()
  let ticket = 0
  let lost = 0
  const pauseState = { until: 0, reason: '' }
  const ramp = { part: 1, until: -1 }
  const aimd = { c: 0, slow: true, dropAt: Number.NEGATIVE_INFINITY, goodAt: clock() }
  aimd.c = first.concurrency.start
  const ceiling = { at: -1, calls: 0, held: 0, top: 0, proofs: 0 }
  const turnedAway = { calls: 0, low: 0, inside: 0 }
  /** Of the present generation of failures: whether it lowered the concurrency, and on evidence of load; in whose words. */
  const fall = { has: false, isLoad: false, reason: null as string | null }
  // The concurrency before a trouble in which no call that began in it was answered yet.
  const trouble = { at: 0, before: 0, slow: false }
  const estimate = estimateModel()
  const evidence = evidenceModel(clock, estimate.median)
  const breaker: BreakerModel = breakerModel(clock)

  const toldLimit = (dimension: Dimension): number | undefined => {
    const known = [limits.perMinute[dimension], observedLimit.get(dimension)]
    const numbers = known.filter((value) => value !== undefined)
    return numbers.length > 0 ? Math.min(...numbers) : undefined
  }
  const isTold = (): boolean => DIMENSIONS.some((one) => toldLimit(one) !== undefined)
  const hidden = hiddenRateModel(clock, isTold)
  const limitOf = (dimension: Dimension): number | undefined =>
    toldLimit(dimension) ?? hidden.limitOf(dimension)
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
  const burstOf = (dimension: Dimension): number =>
    limits.burstMs?.[dimension] ?? (dimension === 'requests' ? 10_000 : 60_000)
  const marginMs = (dimension: Dimension): number =>
    Math.min(600, Math.floor(burstOf(dimension) / 20))
  const fluidCapacityOf = (dimension: Dimension): number => {
    const whole = (limitOf(dimension) ?? 0) * 5_000 * (burstOf(dimension) - marginMs(dimension))
    return Math.floor(whole * partOf(dimension) * partOf(dimension))
  }
  const capacityOf = (dimension: Dimension): number => Math.max(UNIT, fluidCapacityOf(dimension))
  const usedNow = (dimension: Dimension): number =>
    limitOf(dimension) === undefined
      ? 0
      : Math.max(0, used[dimension] - (clock() - at) * rateOf(dimension))
  /** Writes the refill down, as every change does. */
  const settleTime = (): void => {
    for (const dimension of DIMENSIONS) used[dimension] = usedNow(dimension)
    at = clock()
  }
  const flightOf = (dimension: Dimension): number =>
    [...leases.values()].reduce((sum, lease) => sum + lease.costs[dimension], 0)
  const need = (dimension: Dimension, cost: number): number =>
    Math.min(cost * UNIT, capacityOf(dimension))
  const concurrency = (): number =>
    clock() - aimd.goodAt > 86_400_000 ? limits.concurrency.start : aimd.c
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

  const waitOf = (attempt: AcquireRequest): [number, string, boolean] => {
    const mine = line.get(attempt.lease)?.ticket ?? Number.POSITIVE_INFINITY
    const ahead = [...line.values()].filter((place) => place.ticket < mine)
    const costs = costsOf(attempt)
    const paused = Math.max(0, pauseState.until - clock())
    const broken = breaker.wait()
    const waits: [number, string][] = [
      [paused, 'paused'],
      [broken, 'breaker'],
    ]
    for (const dimension of DIMENSIONS) {
      if (limitOf(dimension) === undefined) continue
      const aside = ahead.reduce((sum, place) => sum + need(dimension, place.costs[dimension]), 0)
      const missing =
        usedNow(dimension) + aside + need(dimension, costs[dimension]) - capacityOf(dimension)
      waits.push([missing <= 0 ? 0 : Math.ceil(missing / rateOf(dimension)), dimension])
    }
    const full = leases.size + ahead.length >= Math.floor(concurrency())
    const slotMs = Math.min(250, Math.max(20, Math.floor(median() / concurrency())))
    waits.push([full ? slotMs : 0, 'concurrency'])
    const [wait, because] = waits.reduce((most, next) => (next[0] > most[0] ? next : most))
    return [wait, because, paused > 0 || broken > 0]
  }

  /** A call was turned away, so what is there is empty, and two seconds of refill are left to the provider. */
  const learnFromRefusals = (): void => {
    if (!hidden.isDue(pauseState.until)) return
    settleTime()
    hidden.learn(median())
    for (const dimension of DIMENSIONS) {
      if (hidden.limitOf(dimension) === undefined) continue
      used[dimension] = capacityOf(dimension) + 2_000 * rateOf(dimension)
    }
  }
  const rateBinds = (): boolean =>
    DIMENSIONS.some(
      (dimension) =>
        hidden.limitOf(dimension) !== undefined && used[dimension] * 2 >= capacityOf(dimension),
    )

  const acquire = (attempt: AcquireRequest): AcquireResult => {
    const held = leases.get(attempt.lease)
    if (held) return granted(held, undefined)
    expireLeases()
    learnFromRefusals()
    for (const [name, place] of line) {
      if (name !== attempt.lease && place.expiresAt <= clock()) line.delete(name)
    }
    const [waitMs, because, heldUp] = waitOf(attempt)
    if (waitMs > 0) {
      const place = line.get(attempt.lease)
      if (heldUp || waitMs > attempt.maxWaitMs) line.delete(attempt.lease)
      else {
        line.set(attempt.lease, {
          ticket: place?.ticket ?? (ticket += 1),
          expiresAt: clock() + Math.min(waitMs, attempt.pollMs) + 1_000,
          costs: costsOf(attempt),
        })
      }
      return { outcome: 'wait', waitMs, because: because as Dimension }
    }
    const { probe, change } = breaker.enter(attempt.ttlMs)
    settleTime()
    const costs = costsOf(attempt)
    for (const dimension of DIMENSIONS) used[dimension] += costs[dimension] * UNIT
    hidden.drawn(costs)
    const flight = each((dimension) => flightOf(dimension) + costs[dimension])
    line.delete(attempt.lease)
    const lease: Lease = {
      expiresAt: clock() + attempt.ttlMs,
      grantedAt: clock(),
      characters: attempt.characters,
      types: attempt.types ?? 1,
      costs,
      usedThen: { ...used },
      flightThen: flight,
      epoch: breaker.epoch(),
      probe,
      level: leases.size + 1,
    }
    if (probe === 0) evidence.noteCall(lease.level, ceiling.calls)
    leases.set(attempt.lease, lease)
    return granted(lease, change)
  }

  const observe = (observed: ObservedLimits, call: Lease | undefined): void => {
    for (const dimension of DIMENSIONS) {
      const seen = observed[dimension]
      if (!seen) continue
      const known = toldLimit(dimension) !== undefined
      observedLimit.set(dimension, seen.limit)
      const there = (seen.limit - seen.remaining) * UNIT
      if (!known) {
        const margin = seen.limit * 5_000 * marginMs(dimension)
        const gone = capacityOf(dimension) + margin - seen.remaining * UNIT
        used[dimension] = Math.max(flightOf(dimension) * UNIT, gone)
        continue
      }
      const [now, then] = [used[dimension], call?.usedThen[dimension] ?? used[dimension]]
      const flightNow = flightOf(dimension)
      const flightThen = call?.flightThen[dimension] ?? flightNow
      const slack = seen.roundedTo > 1 ? (seen.roundedTo * UNIT) / 2 : 0
      const doubt = Math.floor(0.15 * Math.max(flightNow, flightThen)) * UNIT
      const above =
        capacityOf(dimension) - Math.max(now, then) - (seen.remaining * UNIT + slack + doubt)
      if (above > 0) {
        used[dimension] += above
        inARow[dimension] = 0
        continue
      }
      const low = Math.min(now - flightNow * UNIT, then - flightThen * UNIT)
      const below = low - there - slack
      const more = below > 0 && limitOf(dimension) === seen.limit && partOf(dimension) === 1
      inARow[dimension] = more ? Math.min(3, inARow[dimension] + 1) : 0
      if (inARow[dimension] === 3) {
        used[dimension] = Math.max(0, used[dimension] - Math.floor(0.2 * below))
      }
    }
  }

  const setCeiling = (calls: number, proofs: number): void => {
    const least = Math.max(calls, evidence.together())
    Object.assign(ceiling, { at: clock(), calls: least, held: 0, proofs })
    evidence.newCeiling()
  }

  const learnCeiling = (c: number, inFlight: number): void => {
    if (inFlight < c / 2) return
    const { top } = ceiling
    ceiling.top = inFlight
    if (Math.max(top, inFlight) > 1.25 * Math.min(top, inFlight)) return
    setCeiling(Math.max(1, Math.min(top, inFlight) - 1), -5)
  }

  const grown = (c: number, inFlight: number): number => {
    const { calls } = ceiling
    if (calls > 0) {
      aimd.slow = false
      ceiling.top = Math.min(ceiling.top, calls)
    }
    const isPassed = calls > 0 && c >= calls + 2
    if (isPassed) ceiling.calls = 0
    const isKnown = calls > 0 && !isPassed
    if (isKnown) ceiling.held += 1
    const longer = 2 ** ceiling.proofs
    const isYoung = ceiling.held <= 4_000 * longer && clock() - ceiling.at <= 600_000 * longer
    const binds = isKnown && isYoung
    if (inFlight < c / 2) return c
    const towards = (target: number): number =>
      Math.min(target, c + Math.max(1, (target - c) / 2) / c)
    if (binds && c <= calls) return towards(calls)
    if (aimd.slow) return c + 1
    return c < ceiling.top - 1 ? towards(ceiling.top - 1) : c + 1 / c
  }

  const rememberSound = (c: number): void => {
    if (trouble.before === 0) Object.assign(trouble, { at: clock(), before: c, slow: aimd.slow })
  }

  /** Nothing that was learned in an outage counts but one drop. */
  const noteOutage = (): void => {
    turnedAway.calls = 0
    if (ceiling.at >= trouble.at) ceiling.calls = 0
    const { before, slow } = trouble
    if (before === 0) return
    aimd.c = Math.max(concurrency(), 1, before * 0.7)
    aimd.slow = slow
    ceiling.top = Math.max(ceiling.top, before)
    trouble.before = 0
  }

  const isRefuted = (): boolean => {
    const { calls, low, inside } = turnedAway
    const isFresh = ceiling.calls > 0 && ceiling.at >= Math.max(0, aimd.dropAt)
    if (calls === 0 && !isFresh) return false
    return inside > 1.25 * Math.max(1, calls > 0 ? low : ceiling.calls) + 3
  }

  /** One that was under way when others were turned away was answered: they were too many, or it was an outage. */
  const confirmCapacity = (grantedAt: number): void => {
    if (!fall.has || grantedAt > aimd.dropAt) return
    turnedAway.inside += 1
    if (isRefuted()) {
      noteOutage()
      return
    }
    if (!fall.isLoad || turnedAway.calls < 3) return
    rememberSound(concurrency())
    setCeiling(Math.max(1, turnedAway.low), -5)
    aimd.c = Math.min(concurrency(), ceiling.calls)
    turnedAway.calls = 0
  }

  const wasAlone = (inFlight: number): boolean => {
    if (ceiling.calls === 0 && turnedAway.calls === 0) return true
    return inFlight <= Math.max(3, (ceiling.calls || turnedAway.low) / 1.25)
  }

  const lowered = (signal: 'load' | 'many', inFlight: number): number => {
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
    return Math.min(c, Math.max(less, 4, evidence.together()))
  }

  const drop = (
    { cause, kind }: CallOutcome,
    { inFlight, atDoor, isLate }: { inFlight: number; atDoor: boolean; isLate: boolean },
  ): void => {
    const isSame = clock() - aimd.dropAt < median()
    if (isLate && !isSame) return
    if (!isSame) {
      Object.assign(turnedAway, { calls: 0, inside: 0 })
      fall.has = false
      aimd.dropAt = clock()
    }
    if (atDoor) {
      const low = turnedAway.calls > 0 ? turnedAway.low : inFlight
      turnedAway.low = Math.min(low, inFlight - 1)
      turnedAway.calls += 1
    }
    if (fall.has) {
      if (evidence.showsLoad()) fall.isLoad = true
      if (isRefuted()) noteOutage()
      return
    }
    const signal = kind === 'ramp-limited' ? 'load' : evidence.signal()
    if (!signal) return
    rememberSound(concurrency())
    const less = lowered(signal, inFlight)
    if (signal === 'load') evidence.forget()
    Object.assign(fall, { has: true, isLoad: signal === 'load', reason: cause ?? kind })
    Object.assign(aimd, { c: less, slow: false, goodAt: clock() })
  }

  const steer = (
    ending: CallOutcome,
    { grantedAt, probe, epoch, level }: Lease,
    { inFlight, isRate, isUsedUp, pauseMs }: SettledCall,
  ): void => {
    const { kind, observed } = ending
    if (kind === 'answered') {
      confirmCapacity(grantedAt)
      if (probe === 0 && grantedAt > trouble.at) trouble.before = 0
      aimd.c = Math.min(limits.concurrency.max, grown(concurrency(), inFlight))
      aimd.goodAt = clock()
      if (isRate) hidden.pressed()
      return
    }
    const untold = kind === 'rate-limited' && Object.keys(observed ?? {}).length === 0
    const callsAMinute = inFlight >= 10 ? Math.floor((inFlight / median()) * 60_000) : 0
    if (untold && !isTold()) {
      const { isLikelyRate, isFirst } = evidence.noteGap(grantedAt)
      const isBelieved = isLikelyRate || hidden.limitOf('requests') !== undefined
      const teaches = isUsedUp || (pauseMs > 0 && !hidden.isByLuck() && isBelieved)
      if (teaches) hidden.turnedAway(grantedAt, callsAMinute, isRate)
      else if (isFirst && pauseMs > 0) hidden.noteFirst(callsAMinute)
    }
    const isSlowed = kind === 'ramp-limited' && limitOf('requests') !== undefined
    const isDrop = ['overload', 'timeout', isSlowed ? '' : 'ramp-limited'].includes(kind)
    if (probe > 0 || !(isDrop || (untold && !isRate))) return
    const atDoor = kind === 'overload' && clock() - grantedAt <= median() / 2
    evidence.noteFailure(level, grantedAt, ceiling)
    drop(ending, { inFlight, atDoor, isLate: epoch !== breaker.epoch() })
  }

  const slowRamp = (grantedAt: number): void => {
    const part = rampPart()
    if (grantedAt > ramp.until) ramp.part = Math.max(0.02, part < 1 ? part * 0.9 : 0.5)
    ramp.until = Math.max(clock(), pauseState.until)
    if (limitOf('requests') === undefined) return
    used.requests = capacityOf('requests') + rateOf('requests') * (ramp.until - clock())
  }

  /** A pause that ends early leaves no debt for the rest of it. */
  const forgiveRamp = (): void => {
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
        Object.assign(aimd, { c: next.concurrency.start, slow: true, goodAt: clock() })
        fall.reason = null
      }
      aimd.c = Math.min(aimd.c, next.concurrency.max)
    },
    acquire,
    leaveQueue: (lease) => void line.delete(lease),
    settle: (name, ending) => {
      // The limiter of the test draws 0.5: a twentieth more than asked for.
      const asked = ending.kind === 'ramp-limited' ? 5_000 : 0
      let pauseMs = Math.ceil((ending.retryAfterMs ?? asked) * 1.05)
      if (pauseMs > 0) pause(pauseMs, ending.cause ?? ending.kind)
      const lease = leases.get(name)
      if (!lease) return { outcome: 'unknown' }
      const inFlight = leases.size
      leases.delete(name)
      evidence.noteEnd(lease.grantedAt, ending.kind === 'answered', inFlight - 1)
      const isNothing = ending.kind === 'unsent' || ending.kind === 'aborted'
      if (isNothing && lease.probe === 0) evidence.dropCall(lease.level, lease.grantedAt)
      settleTime()
      const actual = actualCosts(lease, ending, limits.cachedTokensCount)
      for (const dimension of DIMENSIONS) {
        const change = actual[dimension] - lease.costs[dimension]
        used[dimension] = Math.max(0, used[dimension] + change * UNIT)
      }
      hidden.ended(
        lease.grantedAt,
        lease.costs,
        ending.kind === 'rate-limited' ? each(() => 0) : actual,
      )
      const isRate = rateBinds()
      observe(ending.observed ?? {}, lease)
      if (ending.kind === 'ramp-limited') slowRamp(lease.grantedAt)
      if (ending.kind === 'answered') {
        estimate.learn(lease, clock() - lease.grantedAt, ending.usage)
      }
      const isUsedUp = ending.kind === 'rate-limited' && evidence.noteRefusal(lease.grantedAt)
      if (ending.kind === 'rate-limited' && ending.retryAfterMs === undefined) {
        pauseMs = isUsedUp || isRate ? 5_250 : 0
        if (pauseMs > 0) pause(pauseMs, ending.cause ?? ending.kind)
      }
      steer(ending, lease, { inFlight, isRate, isUsedUp, pauseMs })
      const change = breaker.leave(lease.epoch, lease.probe, ending)
      if (lease.probe > 0 && change?.to === 'open' && wasAlone(inFlight)) noteOutage()
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
        forgiveRamp()
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
      const pausedMs = Math.max(0, pauseState.until - clock())
      return {
        atMs: clock(),
        dimensions,
        concurrency: {
          limit: concurrency(),
          max: limits.concurrency.max,
          inFlight: alive,
          decreaseReason: concurrency() < limits.concurrency.max ? fall.reason : null,
        },
        waiting: [...line.values()].filter((place) => place.expiresAt > clock()).length,
        paused: pausedMs > 0 ? { forMs: pausedMs, reason: pauseState.reason } : null,
        breaker: breaker.view(),
        ...estimate.view(),
        expiredLeases: lost + leases.size - alive,
      }
    },
  }
}
