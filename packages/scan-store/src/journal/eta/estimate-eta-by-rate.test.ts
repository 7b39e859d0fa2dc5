import { expect, test } from 'vitest'
import { UNKNOWN_ETA } from '@capstan/shared/contract/speed/eta'
import type { Progress } from '@capstan/shared/contract/scan/progress'
import { estimateEtaByRate } from './estimate-eta-by-rate.ts'

const NOW_MS = 1_800_000_000_000
const LEFT: Progress = {
  total: 100,
  queued: 50,
  running: 8,
  retrying: 2,
  succeeded: 40,
  failed: 0,
  skipped: 0,
  canceled: 0,
  finished: 40,
  percent: 40,
}

/** Finish times `everyMs` apart, the last of them now. */
function finishes(count: number, everyMs: number): number[] {
  return Array.from({ length: count }, (_, index) => NOW_MS - (count - 1 - index) * everyMs)
}

test('the estimate is the number of unfinished types divided by the finish rate of the last 30 s', () => {
  expect(estimateEtaByRate(LEFT, finishes(20, 1000), NOW_MS)).toMatchObject({
    seconds: 60,
    ratePerMinute: 60,
    because: null,
  })
})

test('finishes older than 30 s are ignored when there are five newer ones', () => {
  const slowBefore = [NOW_MS - 900_000, NOW_MS - 600_000, NOW_MS - 300_000]
  const recent = [...slowBefore, ...finishes(10, 1000)]
  expect(estimateEtaByRate(LEFT, recent, NOW_MS).ratePerMinute).toBe(60)
})

test('a scan with fewer than five finishes in 30 s is measured over its last five finishes', () => {
  expect(estimateEtaByRate(LEFT, finishes(9, 60_000), NOW_MS)).toMatchObject({
    seconds: 3600,
    ratePerMinute: 1,
  })
})

test('the rate of a scan without new finishes falls', () => {
  const stopped = finishes(5, 1000)
  const soon = estimateEtaByRate(LEFT, stopped, NOW_MS + 1000)
  const later = estimateEtaByRate(LEFT, stopped, NOW_MS + 100_000)
  expect(later.seconds).toBeGreaterThan(soon.seconds ?? 0)
})

test('there is no estimate with fewer than five finishes', () => {
  expect(estimateEtaByRate(LEFT, finishes(4, 1000), NOW_MS)).toEqual(UNKNOWN_ETA)
  expect(estimateEtaByRate(LEFT, [], NOW_MS)).toEqual(UNKNOWN_ETA)
})

test('the band is narrower with more finishes, and contains the estimate', () => {
  const width = (count: number): number => {
    const { seconds, low, high } = estimateEtaByRate(LEFT, finishes(count, 500), NOW_MS)
    expect(low).toBeLessThan(seconds ?? 0)
    expect(high).toBeGreaterThan(seconds ?? Infinity)
    return (high ?? 0) - (low ?? 0)
  }
  expect(width(50)).toBeLessThan(width(10))
})

test('five finishes in one millisecond give a finite estimate', () => {
  expect(estimateEtaByRate(LEFT, finishes(5, 0), NOW_MS).seconds).toBeGreaterThanOrEqual(0)
})
