import type { CallOutcome, CallFailureKind, Limiter, LimitKey } from '@capstan/limits/types'
import type { LuaClock } from './lua-clock.ts'
import { attempt } from './limiter-fixtures.ts'

export interface HiddenLimits {
  /** Requests per minute. */
  requests?: number
  /** Input tokens per minute. */
  tokens?: number
  /** Maximum calls in flight. */
  concurrency?: number
  /** Outcome of a call above `concurrency`. Default: overload. */
  outcomeAbove?: 'overload' | 'rate-limited'
  /** Every call with this number or a multiple of it fails, at any load. */
  failsEvery?: number
  /** The buckets hold the refill of this time. Default: one minute. */
  burstMs?: number
  /** Retry-After of 429s; undefined: none. Default: one second. */
  retryAfterMs?: number | undefined
  /** Calls that arrive in this time are rejected at once; earlier calls are answered. */
  outage?: { fromMs: number; toMs: number }
  /** Failures by chance, at any load. */
  chance?: ChanceFaults
  /** Above `from` calls in flight the failure rate is slope x (in flight - from) / from. */
  softLimit?: { from: number; slope: number }
  /** Above `from` calls in flight the duration grows proportionally, up to the timeout. */
  slowdown?: { from: number; timeoutMs: number }
  /** The request limit from `atMs` on. */
  raised?: { atMs: number; requests: number }
}

export interface ChanceFaults {
  /** Failure kinds with their share of the calls; at most one applies to a call. */
  faults: { share: number; kind: CallFailureKind; afterMs?: number; retryAfterMs?: number }[]
  /** Failures occur only in the first `forMs` of each `everyMs`. */
  bursts?: { everyMs: number; forMs: number }
  seed: number
}

export interface ProviderRun {
  /** Maximum calls in flight of the caller. Default: 100. */
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

export interface CallResult {
  atMs: number
  /** Rejected by a limit, or failed in any other way. */
  hasFailed: boolean
}

const SLOTS = 100
const MEDIAN_MS = 4_800
const REJECTION_MS = 30

interface Call {
  lease: string
  endsAt: number
  tokens: number
  outcome: CallOutcome
  /** Accepted: counts as in flight at the provider. */
  isAccepted: boolean
}

/**
 * Makes `calls` calls to a provider with limits that the limiter does not know, as fast as the limiter grants permits. Returns the
 * calls in the order of their permits.
 */
export async function callHiddenProvider(run: ProviderRun): Promise<CallResult[]> {
  const {
    limiter,
    clock,
    limitKey,
    calls,
    limits,
    slots = SLOTS,
    medianMs = MEDIAN_MS,
    onEnd,
  } = run
  const provider = createHiddenProvider(limits, clock)
  const results: CallResult[] = []
  const running: Call[] = []
  for (let waiting = createCall(0, medianMs); results.length < calls;) {
    const answer =
      running.length < slots ? await limiter.acquire(limitKey, waiting.request) : undefined
    if (answer?.outcome === 'granted') {
      const call = provider.receive(waiting)
      results.push({ atMs: clock.now(), hasFailed: call.outcome.kind !== 'answered' })
      running.push(call)
      waiting = createCall(results.length, medianMs)
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
    await limiter.settle(limitKey, next.lease, next.outcome)
    await onEnd?.()
  }
  return results
}

interface Arrival {
  n: number
  ageMs: number
  inFlight: number
}

const LOAD_FAULT: ChanceFaults['faults'][number] = { share: 1, kind: 'overload', afterMs: 500 }

/** Picks the fault of a call by chance or load. */
function drawFault({ chance, softLimit }: HiddenLimits, { n, ageMs, inFlight }: Arrival) {
  const excess = softLimit ? Math.max(0, inFlight + 1 - softLimit.from) / softLimit.from : 0
  if (softLimit && draw(7, n) < softLimit.slope * excess) return LOAD_FAULT
  const isInBurst = !chance?.bursts || ageMs % chance.bursts.everyMs < chance.bursts.forMs
  if (!chance || !isInBurst) return undefined
  let rest = draw(chance.seed, n)
  return chance.faults.find(({ share }) => (rest -= share) < 0)
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

function createCall(n: number, medianMs: number) {
  // 500 to 1,500 tokens; the estimate of the limiter differs a little.
  const tokens = Math.round(500 + 1_000 * spread(n))
  const characters = Math.round(tokens * (3.5 + spread(n * 7)))
  const latencyMs = Math.round(medianMs * (0.7 + 0.6 * spread(n * 3)))
  return { request: attempt({ characters, ttlMs: 600_000 }), tokens, latencyMs }
}

function createHiddenProvider(limits: HiddenLimits, clock: LuaClock) {
  const startedAtMs = clock.now()
  const { burstMs = 60_000, raised } = limits
  const retryAfterMs = 'retryAfterMs' in limits ? limits.retryAfterMs : 1_000
  const requestsNow = (): number | undefined =>
    raised && clock.now() >= startedAtMs + raised.atMs ? raised.requests : limits.requests
  const requests = createBucket(requestsNow, burstMs, clock)
  const tokens = createBucket(() => limits.tokens, burstMs, clock)
  const isDown = (): boolean => {
    const ageMs = clock.now() - startedAtMs
    const { outage } = limits
    return outage !== undefined && ageMs >= outage.fromMs && ageMs < outage.toMs
  }
  let inFlight = 0
  let received = 0
  return {
    receive: ({ request, tokens: used, latencyMs }: ReturnType<typeof createCall>): Call => {
      const call = {
        lease: request.lease,
        tokens: used,
        endsAt: clock.now() + REJECTION_MS,
        isAccepted: false,
      }
      if (isDown() || inFlight >= (limits.concurrency ?? Number.POSITIVE_INFINITY)) {
        return { ...call, outcome: { kind: limits.outcomeAbove ?? 'overload', retryAfterMs: 0 } }
      }
      const fault = drawFault(limits, { n: received, ageMs: clock.now() - startedAtMs, inFlight })
      received += 1
      if (fault) {
        const { kind, afterMs = latencyMs, retryAfterMs: requestedMs } = fault
        inFlight += 1
        return {
          ...call,
          endsAt: clock.now() + afterMs,
          isAccepted: true,
          outcome: { kind, ...(requestedMs === undefined ? {} : { retryAfterMs: requestedMs }) },
        }
      }
      if (limits.failsEvery !== undefined && received % limits.failsEvery === 0) {
        return { ...call, outcome: { kind: 'overload' } }
      }
      if (!requests.has(1) || !tokens.has(used)) {
        return { ...call, outcome: { kind: 'rate-limited', retryAfterMs } }
      }
      requests.take(1)
      tokens.take(used)
      inFlight += 1
      const usage = { inputTokens: used, cachedTokens: 0, outputTokens: 50 }
      const { slowdown } = limits
      const takesMs = latencyMs * (slowdown ? Math.max(1, inFlight / slowdown.from) : 1)
      if (slowdown && takesMs > slowdown.timeoutMs) {
        return {
          ...call,
          endsAt: clock.now() + slowdown.timeoutMs,
          isAccepted: true,
          outcome: { kind: 'timeout' },
        }
      }
      return {
        ...call,
        endsAt: clock.now() + takesMs,
        isAccepted: true,
        outcome: { kind: 'answered', usage },
      }
    },
    end: ({ isAccepted }: Call): void => {
      if (isAccepted) inFlight -= 1
    },
  }
}

/** A bucket that is full at first. Without a limit it is never empty. */
function createBucket(perMinute: () => number | undefined, burstMs: number, clock: LuaClock) {
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
