import type { CallOutcome, Limiter, LimitKey } from '@capstan/limits/types'
import type { LuaClock } from './lua-clock.ts'
import { attempt } from './limiter-fixtures.ts'

/** A provider behind a network that delays messages. No header shows its limits. */
export interface DelayedProvider {
  /** Requests per minute; undefined: no limit. */
  requests?: number
  /** Input tokens per minute; undefined: no limit. */
  tokens?: number
  /** The buckets hold the refill of this time. */
  burstMs: number
  /** Maximum delay of a message. */
  delayMs: number
  /** Messages sent in the first `forMs` of each `everyMs` arrive together at its end. */
  stalls?: { everyMs: number; forMs: number }
  /** Share of the calls that are rejected by chance, with a Retry-After of one second. */
  chance?: number
}

export interface DelayedRun {
  limiter: Pick<Limiter, 'acquire' | 'settle'>
  clock: LuaClock
  limitKey: LimitKey
  provider: DelayedProvider
  seed: number
  /** Calls to answer. */
  calls: number
  slots: number
}

export interface DelayedRunSummary {
  /** Rejected calls after the first minute, and all calls then. */
  late: { rejected: number; calls: number }
  /** Answered calls per minute, from the start to the last answer. */
  speed: number
}

const MEDIAN_MS = 4_800
const LATENCY_SIGMA = 0.22
/** The estimate of a text's tokens is off by this sigma. */
const TOKEN_SIGMA = 0.3
/** As in admission.ts: the first caller in line of a worker polls at this interval, plus a random part. */
const POLL_MS = 500
const POLL_JITTER_MS = 50
const WORKERS = 2

/** Makes calls from two workers as fast as the limiter grants permits, until `calls` are answered. */
export async function callDelayedProvider(run: DelayedRun): Promise<DelayedRunSummary> {
  const { limiter, clock, limitKey, provider, calls, slots } = run
  const random = createRandom(run.seed)
  const startMs = clock.now()
  const events = createEventQueue()
  const buckets = [createBucket(provider.requests, run), createBucket(provider.tokens, run)]
  const lines: (() => Promise<void>)[][] = Array.from({ length: WORKERS }, () => [])
  const late = { rejected: 0, calls: 0 }
  let started = 0
  let lastAnswerMs = startMs

  const deliver = (afterMs: number, message: () => Promise<void> | void): void => {
    const sentMs = clock.now() + afterMs
    const { everyMs, forMs } = provider.stalls ?? { everyMs: 1, forMs: 0 }
    const phaseMs = (sentMs - startMs) % everyMs
    const heldMs = phaseMs < forMs ? forMs - phaseMs : 0
    events.add(sentMs + heldMs + provider.delayMs * random(), message)
  }
  const settle = (lease: string, outcome: CallOutcome) => limiter.settle(limitKey, lease, outcome)

  const receive = (lease: string, tokens: number, again: () => void): void => {
    const isLate = clock.now() - startMs > 60_000
    if (isLate) late.calls += 1
    const costs = [1, tokens]
    const waitMs = Math.max(...buckets.map((bucket, n) => bucket.waitMs(costs[n] ?? 0)))
    const isChance = random() < (provider.chance ?? 0)
    if (waitMs > 0 || isChance) {
      if (isLate && !isChance) late.rejected += 1
      const retryAfterMs = isChance ? 1_000 : Math.ceil(waitMs / 1_000) * 1_000
      deliver(1, async () => {
        await settle(lease, { kind: 'rate-limited', retryAfterMs })
        started -= 1
        again()
      })
      return
    }
    buckets.forEach((bucket, n) => bucket.take(costs[n] ?? 0))
    deliver(MEDIAN_MS * Math.exp(LATENCY_SIGMA * gauss(random)), async () => {
      const usage = { inputTokens: tokens, cachedTokens: 0, outputTokens: 50 }
      await settle(lease, { kind: 'answered', usage })
      lastAnswerMs = clock.now()
      again()
    })
  }

  /** Uses one slot: waits in the line of its worker, calls, and starts over. */
  const useSlot = async (slot: number): Promise<void> => {
    const line = lines[slot % WORKERS] ?? []
    const tokens = Math.round(500 + 1_000 * random())
    const characters = Math.round(4 * tokens * Math.exp(TOKEN_SIGMA * gauss(random)))
    const request = attempt({ characters, ttlMs: 600_000, pollMs: POLL_MS })
    const leave = async (): Promise<void> => {
      line.shift()
      await line[0]?.()
    }
    const poll = async (): Promise<void> => {
      if (started >= calls) return leave()
      const answer = await limiter.acquire(limitKey, request)
      if (answer.outcome !== 'granted') {
        const waitMs = Math.min(POLL_MS, answer.waitMs) + POLL_JITTER_MS * random()
        events.add(clock.now() + 1 + waitMs, poll)
        return
      }
      started += 1
      events.add(clock.now() + 1 + 2 * random(), leave)
      deliver(1, () => receive(request.lease, tokens, () => events.add(0, () => useSlot(slot))))
    }
    line.push(poll)
    if (line.length === 1) await poll()
  }

  for (let slot = 0; slot < slots; slot += 1) events.add(startMs + 3 * slot, () => useSlot(slot))
  for (let next = events.take(); next; next = events.take()) {
    await clock.advance(Math.max(0, Math.ceil(next.atMs) - clock.now()))
    await next.run()
  }
  return { late, speed: (calls / (lastAnswerMs - startMs)) * 60_000 }
}

interface Event {
  atMs: number
  run: () => Promise<void> | void
}

/** Events by time, in a sorted list: there are never more than a few per slot. */
function createEventQueue() {
  const events: Event[] = []
  return {
    add: (atMs: number, run: Event['run']): void => {
      const after = events.findLastIndex((event) => event.atMs <= atMs)
      events.splice(after + 1, 0, { atMs, run })
    },
    take: (): Event | undefined => events.shift(),
  }
}

/** A bucket that is full at first. Without a limit it is never empty. */
function createBucket(perMinute: number | undefined, { provider, clock }: DelayedRun) {
  const perMs = (perMinute ?? 0) / 60_000
  const capacity = perMs * provider.burstMs
  let level = capacity
  let atMs = clock.now()
  return {
    /** Milliseconds until `amount` is left. */
    waitMs: (amount: number): number => {
      level = Math.min(capacity, level + (clock.now() - atMs) * perMs)
      atMs = clock.now()
      return perMs === 0 ? 0 : Math.max(0, (amount - level) / perMs)
    },
    take: (amount: number): void => {
      level -= amount
    },
  }
}

/** Returns a generator of pseudo-random numbers in [0, 1) (Mulberry32). */
function createRandom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e37_79b1)
  return () => {
    state = (state + 0x6d2b_79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Normal distribution with mean 0 and deviation 1 (Box and Muller 1958). */
const gauss = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
