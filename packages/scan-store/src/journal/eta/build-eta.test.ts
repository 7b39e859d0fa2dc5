import { expect, test } from 'vitest'
import { buildEta, type WorkState } from './build-eta.ts'
import type { CapacityBucket, ScanCapacity } from './estimate-eta-by-capacity.ts'

const NOW_MS = 1_800_000_000_000

const STATE: WorkState = {
  progress: {
    total: 200,
    queued: 190,
    running: 10,
    retrying: 0,
    succeeded: 0,
    failed: 0,
    skipped: 0,
    canceled: 0,
    finished: 0,
    percent: 0,
  },
  recentMs: [],
  newestStartMs: undefined,
  nowMs: NOW_MS,
  inputTokens: 200_000,
  concurrency: undefined,
  usesBatches: false,
}

const CAPACITY: ScanCapacity = {
  concurrency: 10,
  latency: { medianMs: 2_000, sigma: 0.2 },
  blocked: null,
  buckets: [],
}

function tokens(perMinute: number): CapacityBucket[] {
  const cost = (planned: number): number => planned
  return [{ dimension: 'input-tokens', perMs: perMinute / 60_000, available: 0, cost }]
}

test('where tokens bind, one worker more changes nothing, and twice the tokens take half of the time off', () => {
  const capacity = { ...CAPACITY, buckets: tokens(50_000) }
  const changes = [
    { change: 'worker' as const, capacity: { ...capacity, concurrency: 20 } },
    { change: 'tokens' as const, capacity: { ...capacity, buckets: tokens(100_000) } },
  ]
  const eta = buildEta(STATE, { capacity, changes, warnings: [] })
  expect(eta.because).toBe('input-tokens')
  expect(eta.whatIf.map(({ text }) => text)).toEqual([
    '+1 worker: no change',
    'twice the tokens a minute: 1 min 54 s less',
  ])
})

test('where the slots bind, one worker more helps, and a scan with a concurrency is bounded by it', () => {
  const changes = [{ change: 'worker' as const, capacity: { ...CAPACITY, concurrency: 20 } }]
  const forecast = { capacity: CAPACITY, changes, warnings: [] }
  const free = buildEta(STATE, forecast)
  expect(free.because).toBe('few-slots')
  expect(free.whatIf[0]?.text).toMatch(/^\+1 worker: .+ less$/)
  const bound = buildEta({ ...STATE, concurrency: 5 }, forecast)
  expect(bound.because).toBe('concurrency-of-scan')
  expect(bound.whatIf.map(({ change }) => change)).toEqual(['worker', 'concurrency'])
  expect(bound.whatIf[0]?.text).toBe('+1 worker: no change')
  expect(bound.whatIf[1]?.text).toMatch(/^twice the concurrency: .+ less$/)
  expect(bound.seconds).toBeGreaterThan(free.seconds ?? Infinity)
})

test('the band contains the estimate, and only the last calls have no bound', () => {
  const { seconds, low, high } = buildEta(STATE, { capacity: CAPACITY, warnings: [] })
  expect(low).toBeLessThan(seconds ?? 0)
  expect(high).toBeGreaterThan(seconds ?? Infinity)
  const progress = { ...STATE.progress, queued: 0, running: 5 }
  expect(buildEta({ ...STATE, progress }, { capacity: CAPACITY, warnings: [] }).because).toBeNull()
})

/** The last seven calls, of 20 ms each, when none has started or finished for `ms`. */
function silentFor(ms: number): WorkState {
  const progress = { ...STATE.progress, queued: 0, running: 7, succeeded: 193, finished: 193 }
  const last = NOW_MS - ms
  return { ...STATE, progress, recentMs: [last - 1_000, last - 20], newestStartMs: last }
}
const FAST = { capacity: { ...CAPACITY, latency: { medianMs: 20, sigma: 0.2 } }, warnings: [] }

test('calls that hang for 44 s are expected to hang as long again, in a wide band, and more capacity does not help', () => {
  const changes = [{ change: 'worker' as const, capacity: { ...FAST.capacity, concurrency: 20 } }]
  expect(buildEta(silentFor(10), { ...FAST, changes })).toMatchObject({ silentSeconds: null })
  const eta = buildEta(silentFor(44_000), { ...FAST, changes })
  expect(eta).toMatchObject({ silentSeconds: 44, because: null, whatIf: [] })
  expect(eta.seconds).toBeGreaterThanOrEqual(44)
  expect(eta.low).toBeGreaterThan(4)
  expect(eta.high).toBeGreaterThanOrEqual(9 * 44)
})

test('a scan with queued types has a wide band as well while all its calls hang', () => {
  const stuck = { ...silentFor(44_000), progress: STATE.progress }
  expect(buildEta(stuck, FAST).silentSeconds).toBe(44)
})

test('a scan is not silent while no call is in flight, and while limits or a block make calls wait', () => {
  const stuck = { ...silentFor(44_000), progress: STATE.progress }
  const { capacity } = FAST
  const blocked = { kind: 'breaker' as const, account: 'A', because: 'open', forMs: 5_000 }
  const others: ScanCapacity[] = [
    { ...capacity, inFlight: 0 },
    { ...capacity, buckets: tokens(50_000) },
    { ...capacity, blocked },
  ]
  for (const other of others)
    expect(buildEta(stuck, { ...FAST, capacity: other }).silentSeconds).toBeNull()
})

test('a jump of the latency makes neither days of minutes nor one worker more a loss', () => {
  // The median of calls of 0.3 s and of 90 s, and the variance of both together.
  const jumped = { ...CAPACITY, latency: { medianMs: 5_000, sigma: 2.6 } }
  const progress = { ...STATE.progress, queued: 50, running: 10 }
  const changes = [{ change: 'worker' as const, capacity: { ...jumped, concurrency: 20 } }]
  const eta = buildEta({ ...STATE, progress }, { capacity: jumped, changes, warnings: [] })
  expect(eta.seconds).toBeLessThan(600)
  expect(eta.whatIf[0]?.seconds).toBeLessThanOrEqual(eta.seconds ?? 0)
  expect(eta.whatIf[0]?.text).toMatch(/^\+1 worker: (no change|.+ less)$/)
})

test('a change that makes only the last wave longer is no change', () => {
  const few = { ...STATE, progress: { ...STATE.progress, queued: 2, running: 10 } }
  const changes = [{ change: 'worker' as const, capacity: { ...CAPACITY, concurrency: 40 } }]
  const eta = buildEta(few, { capacity: CAPACITY, changes, warnings: [] })
  expect(eta.whatIf[0]?.seconds).toBeLessThanOrEqual(eta.seconds ?? 0)
})
