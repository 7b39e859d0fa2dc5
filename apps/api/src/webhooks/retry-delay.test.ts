import { expect, test } from 'vitest'
import { computeRetryDelay } from './retry-delay.ts'

const HOUR = 3_600_000
const NOW = Date.parse('2026-01-01T00:00:00Z')
const middle = () => 0.5

function delay(earlier: number, retryAfter?: string, ageMs = 0): number | undefined {
  return computeRetryDelay({ earlier, startedMs: NOW - ageMs, retryAfter }, NOW, middle)
}

test('the wait doubles from 5 s to 4 h', () => {
  expect([0, 1, 2, 11, 12, 500].map((earlier) => delay(earlier))).toEqual([
    5_000,
    10_000,
    20_000,
    10_240_000,
    4 * HOUR,
    4 * HOUR,
  ])
})

test('the wait differs by a quarter in both directions', () => {
  const failed = { earlier: 0, startedMs: NOW, retryAfter: undefined }
  expect(computeRetryDelay(failed, NOW, () => 0)).toBe(3_750)
  expect(computeRetryDelay(failed, NOW, () => 1)).toBe(6_250)
})

test('Retry-After in seconds or as a date lengthens the wait and never shortens it', () => {
  expect(delay(0, '120')).toBe(120_000)
  expect(delay(0, 'Thu, 01 Jan 2026 01:00:00 GMT')).toBe(HOUR)
  expect(delay(0, '1')).toBe(5_000)
  expect(delay(0, 'Wed, 31 Dec 2025 00:00:00 GMT')).toBe(5_000)
  expect(delay(0, 'soon')).toBe(5_000)
})

test('a message ends when its next attempt would come after a day', () => {
  expect(delay(0, undefined, 24 * HOUR - 5_000)).toBe(5_000)
  expect(delay(0, undefined, 24 * HOUR - 4_999)).toBeUndefined()
  expect(delay(0, '86401')).toBeUndefined()
})

test('a message is tried 17 times in a day', () => {
  let atMs = 0
  let attempts = 1
  for (;;) {
    const waitMs = computeRetryDelay(
      { earlier: attempts - 1, startedMs: NOW, retryAfter: undefined },
      NOW + atMs,
      middle,
    )
    if (waitMs === undefined) break
    atMs += waitMs
    attempts += 1
  }
  expect(attempts).toBe(17)
  expect(atMs / HOUR).toBeGreaterThan(20)
})
