import { expect, test } from 'vitest'
import { buildEta, type WorkState } from './build-eta.ts'
import type { CapacityBucket, ScanCapacity } from './estimate-eta-by-capacity.ts'

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
  nowMs: 1_800_000_000_000,
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
