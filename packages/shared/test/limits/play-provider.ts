import type { Ending, Limiter, LimitKey } from '@capstan/shared/limits/types'
import type { LuaClock } from './lua-clock.ts'
import { attempt } from './world.ts'

export interface HiddenLimits {
  /** A minute. */
  requests?: number
  /** Of input, a minute. */
  tokens?: number
  atOnce?: number
  /** How a call beyond that is turned away. Default: overload. */
  beyond?: 'overload' | 'throttled'
  /** Each so many calls one fails, whatever the load. */
  failing?: number
  burstMs?: number
  /** Whether a 429 names the time to wait, or nothing at all. Default: a second. */
  retryAfterMs?: number | undefined
  /** Each call that comes in this time is turned away at once; those of before it are answered. */
  down?: { fromMs: number; toMs: number }
  /** Later, another limit of requests. */
  raised?: { atMs: number; requests: number }
}

export interface Play {
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
  ending: Ending
}

/** So many calls as fast as the limiter lets them start, and what became of each. */
export async function playProvider(play: Play): Promise<PlayedCall[]> {
  const { limiter, clock, limitKey, calls, limits } = play
  const provider = hiddenProvider(limits, clock)
  const played: PlayedCall[] = []
  const running: Call[] = []
  for (let waiting = newAttempt(0); played.length < calls;) {
    const answer =
      running.length < SLOTS ? await limiter.acquire(limitKey, waiting.asked) : undefined
    if (answer?.outcome === 'granted') {
      const call = provider.receive(waiting)
      played.push({ atMs: clock.now(), refused: call.ending.kind !== 'answered' })
      running.push(call)
      waiting = newAttempt(played.length)
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
  }
  return played
}

/** Evenly spread over [0, 1) by the golden ratio, so that no two runs differ. */
const spread = (n: number): number => (n * 0.618_034) % 1

function newAttempt(n: number) {
  // 500 to 1,500 tokens, of which the limiter believes a little more or less.
  const tokens = Math.round(500 + 1_000 * spread(n))
  const characters = Math.round(tokens * (3.5 + spread(n * 7)))
  const latencyMs = Math.round(MEDIAN_MS * (0.7 + 0.6 * spread(n * 3)))
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
      const call = { lease: asked.lease, tokens: used, endsAt: clock.now() + REFUSED_MS }
      if (isDown() || inFlight >= (limits.atOnce ?? Number.POSITIVE_INFINITY)) {
        return { ...call, ending: { kind: limits.beyond ?? 'overload', retryAfterMs: 0 } }
      }
      received += 1
      if (limits.failing !== undefined && received % limits.failing === 0) {
        return { ...call, ending: { kind: 'overload' } }
      }
      if (!requests.has(1) || !tokens.has(used)) {
        return { ...call, ending: { kind: 'throttled', retryAfterMs } }
      }
      requests.take(1)
      tokens.take(used)
      inFlight += 1
      const usage = { inputTokens: used, cachedTokens: 0, outputTokens: 50 }
      return { ...call, endsAt: clock.now() + latencyMs, ending: { kind: 'answered', usage } }
    },
    end: ({ ending }: Call): void => {
      if (ending.kind === 'answered') inFlight -= 1
    },
  }
}

/** Full at first. Without a limit it has always enough. */
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
