import { describe, expect, test } from 'vitest'
import {
  estimateEtaByCapacity,
  type CallBlock,
  type CapacityBucket,
  type RemainingWork,
  type ScanCapacity,
} from './estimate-eta-by-capacity.ts'

function estimateMs(left: RemainingWork, capacity: ScanCapacity): number | undefined {
  return estimateEtaByCapacity(left, capacity)?.ms
}

const LATENCY = { medianMs: 4_800, sigma: 0.22 }
const SLOTS: ScanCapacity = { concurrency: 10, latency: LATENCY, blocked: null, buckets: [] }

/** Deterministic random numbers (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Call {
  startMs: number
  endMs: number
  tokens: number
}

/** Simulates a scan on a virtual clock with `slots` concurrent calls and a token bucket that starts full. */
function play(
  count: number,
  slots: number,
  seed: number,
  bucket?: { perMs: number; size: number },
) {
  const random = numbers(seed)
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
  const free = Array.from({ length: slots }, () => 0)
  const calls: Call[] = []
  let level = bucket?.size ?? 0
  let levelAt = 0
  for (let index = 0; index < count; index++) {
    const tokens = 500 + Math.floor(random() * 3_000)
    free.sort((a, b) => a - b)
    let startMs = Math.max(free[0] ?? 0, levelAt)
    if (bucket) {
      const here = Math.min(bucket.size, level + (startMs - levelAt) * bucket.perMs)
      startMs += Math.max(0, (tokens - here) / bucket.perMs)
      level = Math.min(bucket.size, level + (startMs - levelAt) * bucket.perMs) - tokens
      levelAt = startMs
    }
    const endMs = startMs + LATENCY.medianMs * Math.exp(LATENCY.sigma * normal())
    free[0] = endMs
    calls.push({ startMs, endMs, tokens })
  }
  return calls
}

interface Look {
  /** Relative error of the estimate. */
  error: number
  isInBand: boolean
}

/** Compares the estimate after `share` of the calls with the real time left. */
function lookAt(share: number, calls: Call[], capacity: (nowMs: number) => ScanCapacity): Look {
  const ends = calls.map(({ endMs }) => endMs).toSorted((a, b) => a - b)
  const nowMs = ends[Math.floor(share * calls.length) - 1] ?? 0
  const unfinished = calls.filter(({ endMs }) => endMs > nowMs)
  const running = unfinished.filter(({ startMs }) => startMs <= nowMs).length
  const left = {
    progress: { queued: unfinished.length - running, retrying: 0, running },
    inputTokens: unfinished.reduce((sum, { tokens }) => sum + tokens, 0),
  }
  const realMs = (ends.at(-1) ?? 0) - nowMs
  const { ms = 0, errorMs = 0 } = estimateEtaByCapacity(left, capacity(nowMs)) ?? {}
  return { error: Math.abs(ms - realMs) / realMs, isInBand: Math.abs(ms - realMs) <= errorMs }
}

function errorAt(share: number, calls: Call[], capacity: (nowMs: number) => ScanCapacity): number {
  return lookAt(share, calls, capacity).error
}

function meanError(share: number, one: (seed: number) => number): number {
  const seeds = Array.from({ length: 40 }, (_, index) => index + 1)
  return seeds.reduce((sum, seed) => sum + one(seed), 0) / seeds.length
}

describe('the estimate has a mean error of at most 15 percent over forty simulated scans', () => {
  test('at a quarter of a scan that is limited by slots', () => {
    const one = (seed: number) => errorAt(0.25, play(200, 10, seed), () => SLOTS)
    expect(meanError(0.25, one)).toBeLessThan(0.15)
  })

  test('at a quarter of a scan that is limited by tokens', () => {
    const bucket = { perMs: 2, size: 60_000 }
    const one = (seed: number): number => {
      const calls = play(300, 64, seed, bucket)
      return errorAt(0.25, calls, (nowMs) => {
        const spent = calls
          .filter(({ startMs }) => startMs <= nowMs)
          .reduce((sum, { tokens }) => sum + tokens, 0)
        const available = bucket.size + nowMs * bucket.perMs - spent
        const cost = (tokens: number) => tokens
        const buckets: CapacityBucket[] = [
          { dimension: 'input-tokens', perMs: bucket.perMs, available, cost },
        ]
        return { ...SLOTS, concurrency: 64, buckets }
      })
    }
    expect(meanError(0.25, one)).toBeLessThan(0.15)
  })
})

test.each([0.1, 0.25, 0.5, 0.75])(
  'after %s of a scan that is limited by slots, at least seven of ten real ends are within the error band',
  (share) => {
    const looks = Array.from({ length: 100 }, (_, seed) =>
      lookAt(share, play(200, 10, seed + 1), () => SLOTS),
    )
    expect(looks.filter(({ isInBand }) => isInBand).length).toBeGreaterThanOrEqual(70)
  },
)

test('a scan without unfinished types takes 0 ms, and without a latency there is no estimate', () => {
  const none = { progress: { queued: 0, retrying: 0, running: 0 }, inputTokens: 0 }
  expect(estimateMs(none, SLOTS)).toBe(0)
  const some = { progress: { queued: 5, retrying: 0, running: 0 }, inputTokens: 100 }
  expect(estimateMs(some, { ...SLOTS, latency: null })).toBeUndefined()
})

test('a pause of the provider is added to the estimate', () => {
  const left = { progress: { queued: 20, retrying: 0, running: 0 }, inputTokens: 20_000 }
  const free = estimateMs(left, SLOTS) ?? 0
  const blocked: CallBlock = { kind: 'paused', account: 'a', because: 'paused', forMs: 30_000 }
  expect(estimateMs(left, { ...SLOTS, blocked })).toBe(free + 30_000)
})

test('the limit with the longest refill determines the estimate', () => {
  const left = { progress: { queued: 100, retrying: 0, running: 0 }, inputTokens: 100_000 }
  const tokens: CapacityBucket = {
    dimension: 'input-tokens',
    perMs: 0.5,
    available: 0,
    cost: (input: number) => input,
  }
  const requests: CapacityBucket = {
    dimension: 'requests',
    perMs: 50 / 60_000,
    available: 10,
    cost: () => 1,
  }
  const both = estimateMs(left, {
    ...SLOTS,
    concurrency: 100,
    buckets: [tokens, requests],
  })
  const alone = estimateMs(left, { ...SLOTS, concurrency: 100, buckets: [tokens] })
  expect(both).toBe(alone)
  expect(both).toBeGreaterThan(200_000)
})

test('a running type that waits for admission still takes its tokens from the bucket', () => {
  const bucket: CapacityBucket = {
    dimension: 'tokens',
    perMs: 1,
    available: 0,
    cost: (inputTokens: number) => inputTokens,
  }
  const left = { progress: { queued: 0, retrying: 0, running: 60 }, inputTokens: 60_000 }
  const capacity = { ...SLOTS, concurrency: 100, buckets: [bucket] }
  const started = estimateMs(left, capacity) ?? 0
  const inLine = estimateMs(left, { ...capacity, inFlight: 10 }) ?? 0
  // 50 calls of 1,000 tokens each, at one token per millisecond.
  expect(inLine - started).toBeGreaterThan(49_999)
})
