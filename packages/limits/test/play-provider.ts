import type { CallOutcome, CallFailureKind, Limiter, LimitKey } from '@capstan/limits/types'
import type { LuaClock } from './lua-clock.ts'
import { attempt } from './world.ts'

export interface HiddenLimits {
  /** Requests per minute. */
  requests?: number
  /** Input tokens per minute. */
  tokens?: number
  atOnce?: number
  /** Outcome of a call above `atOnce`. Default: overload. */
  beyond?: 'overload' | 'rate-limited'
  /** One call in so many fails, at any load. */
  failing?: number
  burstMs?: number
  /** Retry-After of 429s; undefined: none. Default: one second. */
  retryAfterMs?: number | undefined
  /** Outage: calls that arrive in this time are rejected at once; earlier calls are answered. */
  down?: { fromMs: number; toMs: number }
  /** Chance failures, at any load. */
  luck?: Luck
  /** Above `from` calls in flight the failure rate is slope x (in flight - from) / from. */
  soft?: { from: number; slope: number }
  /** Above `per` calls in flight the duration grows proportionally, up to the timeout. */
  slower?: { per: number; timeoutMs: number }
  /** The request limit from `atMs` on. */
  raised?: { atMs: number; requests: number }
}

export interface Luck {
  /** Failure kinds with their share; at most one applies to a call. */
  faults: { share: number; kind: CallFailureKind; afterMs?: number; retryAfterMs?: number }[]
  /** Failures occur only in the first `forMs` of each `everyMs`. */
  burst?: { everyMs: number; forMs: number }
  seed: number
}

export interface Play {
  /** Maximum calls in flight. Default: 100. */
  slots?: number
  /** Median call duration. Default: 4,800 ms. */
  medianMs?: number
  /** Called after each ended call. */
  onEnd?: () => Promise<void>
  limiter: Pick<Limiter, 'acquire' | 'settle'>
  clock: LuaClock
  limitKey: LimitKey
  calls: number
  limits: HiddenLimits
}

export interface PlayedCall {
  atMs: number
  refused: boolean
}

const SLOTS = 100
const MEDIAN_MS = 4_800
const REFUSED_MS = 30

interface Call {
  lease: string
  endsAt: number
  tokens: number
  ending: CallOutcome
  /** Accepted: counts as in flight at the provider. */
  isAccepted: boolean
}

/** Makes `calls` calls as fast as the limiter admits them, and returns their outcomes. */
export async function playProvider(play: Play): Promise<PlayedCall[]> {
  const {
    limiter,
    clock,
    limitKey,
    calls,
    limits,
    slots = SLOTS,
    medianMs = MEDIAN_MS,
    onEnd,
  } = play
  const provider = hiddenProvider(limits, clock)
  const played: PlayedCall[] = []
  const running: Call[] = []
  for (let waiting = newAttempt(0, medianMs); played.length < calls;) {
    const answer =
      running.length < slots ? await limiter.acquire(limitKey, waiting.asked) : undefined
    if (answer?.outcome === 'granted') {
      const call = provider.receive(waiting)
      played.push({ atMs: clock.now(), refused: call.ending.kind !== 'answered' })
      running.push(call)
      waiting = newAttempt(played.length, medianMs)
      continue
    }
    const next = running.toSorted((one, other) => one.endsAt - other.endsAt)[0]
    const waitUntil = clock.now() + (answer?.waitMs ?? Number.POSITIVE_INFINITY)
    if (!next || waitUntil < next.endsAt) {
      await clock.advance(waitUntil - clock.now())
      continue
    }
    await clock.advance(Math.max(0, next.endsAt - clock.now()))
    running.splice(running.indexOf(next), 1)
    provider.end(next)
    await limiter.settle(limitKey, next.lease, next.ending)
    await onEnd?.()
  }
  return played
}

interface Moment {
  n: number
  ageMs: number
  inFlight: number
}

const SOFT_FAULT: Luck['faults'][number] = { share: 1, kind: 'overload', afterMs: 500 }

/** Picks the fault of a call by chance or load. */
function chance({ luck, soft }: HiddenLimits, { n, ageMs, inFlight }: Moment) {
  const excess = soft ? Math.max(0, inFlight + 1 - soft.from) / soft.from : 0
  if (soft && draw(7, n) < soft.slope * excess) return SOFT_FAULT
  const isOn = !luck?.burst || ageMs % luck.burst.everyMs < luck.burst.forMs
  if (!luck || !isOn) return undefined
  let rest = draw(luck.seed, n)
  return luck.faults.find(({ share }) => (rest -= share) < 0)
}

/** Deterministic pseudo-random number in [0, 1) (a round of Murmur3). */
function draw(seed: number, n: number): number {
  let hash = Math.imul(seed + 1, 0x9e37_79b1) ^ Math.imul(n + 1, 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** Evenly spread over [0, 1) by the golden ratio, so that runs are repeatable. */
const spread = (n: number): number => (n * 0.618_034) % 1

function newAttempt(n: number, medianMs: number) {
  // 500 to 1,500 tokens; the estimate of the limiter differs a little.
  const tokens = Math.round(500 + 1_000 * spread(n))
  const characters = Math.round(tokens * (3.5 + spread(n * 7)))
  const latencyMs = Math.round(medianMs * (0.7 + 0.6 * spread(n * 3)))
  return { asked: attempt({ characters, ttlMs: 600_000 }), tokens, latencyMs }
}

function hiddenProvider(limits: HiddenLimits, clock: LuaClock) {
  const began = clock.now()
  const { burstMs = 60_000, raised } = limits
  const retryAfterMs = 'retryAfterMs' in limits ? limits.retryAfterMs : 1_000
  const requestsNow = (): number | undefined =>
    raised && clock.now() >= began + raised.atMs ? raised.requests : limits.requests
  const requests = hiddenBucket(requestsNow, burstMs, clock)
  const tokens = hiddenBucket(() => limits.tokens, burstMs, clock)
  const isDown = (): boolean => {
    const ageMs = clock.now() - began
    return limits.down !== undefined && ageMs >= limits.down.fromMs && ageMs < limits.down.toMs
  }
  let inFlight = 0
  let received = 0
  return {
    receive: ({ asked, tokens: used, latencyMs }: ReturnType<typeof newAttempt>): Call => {
      const call = {
        lease: asked.lease,
        tokens: used,
        endsAt: clock.now() + REFUSED_MS,
        isAccepted: false,
      }
      if (isDown() || inFlight >= (limits.atOnce ?? Number.POSITIVE_INFINITY)) {
        return { ...call, ending: { kind: limits.beyond ?? 'overload', retryAfterMs: 0 } }
      }
      const fault = chance(limits, { n: received, ageMs: clock.now() - began, inFlight })
      received += 1
      if (fault) {
        const { kind, afterMs = latencyMs, retryAfterMs: named } = fault
        inFlight += 1
        return {
          ...call,
          endsAt: clock.now() + afterMs,
          isAccepted: true,
          ending: { kind, ...(named === undefined ? {} : { retryAfterMs: named }) },
        }
      }
      if (limits.failing !== undefined && received % limits.failing === 0) {
        return { ...call, ending: { kind: 'overload' } }
      }
      if (!requests.has(1) || !tokens.has(used)) {
        return { ...call, ending: { kind: 'rate-limited', retryAfterMs } }
      }
      requests.take(1)
      tokens.take(used)
      inFlight += 1
      const usage = { inputTokens: used, cachedTokens: 0, outputTokens: 50 }
      const { slower } = limits
      const takesMs = latencyMs * (slower ? Math.max(1, inFlight / slower.per) : 1)
      if (slower && takesMs > slower.timeoutMs) {
        return {
          ...call,
          endsAt: clock.now() + slower.timeoutMs,
          isAccepted: true,
          ending: { kind: 'timeout' },
        }
      }
      return {
        ...call,
        endsAt: clock.now() + takesMs,
        isAccepted: true,
        ending: { kind: 'answered', usage },
      }
    },
    end: ({ isAccepted }: Call): void => {
      if (isAccepted) inFlight -= 1
    },
  }
}

/** A bucket that is full at first. Without a limit it is never empty. */
function hiddenBucket(perMinute: () => number | undefined, burstMs: number, clock: LuaClock) {
  const capacity = (): number => ((perMinute() ?? 0) / 60_000) * burstMs
  let level = capacity()
  let at = clock.now()
  const refill = (): void => {
    level = Math.min(capacity(), level + ((clock.now() - at) * (perMinute() ?? 0)) / 60_000)
    at = clock.now()
  }
  return {
    has: (amount: number): boolean => {
      refill()
      return perMinute() === undefined || level >= amount
    },
    take: (amount: number): void => {
      level -= amount
    },
  }
}
