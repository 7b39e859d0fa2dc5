import { expect, test } from 'vitest'
import { backoffMs } from './backoff.ts'

const STEPS = { firstMs: 100, longestMs: 1_000 }

test('a backoff without jitter doubles from the first delay up to the longest', () => {
  expect([0, 1, 2, 3, 4, 2_000].map((retry) => backoffMs(retry, STEPS))).toEqual([
    100, 200, 400, 800, 1_000, 1_000,
  ])
  expect(backoffMs(-1, STEPS)).toBe(100)
})

test('the jitter of a backoff is a random factor between two bounds', () => {
  const steps = { ...STEPS, jitter: [0.5, 1.5] } as const
  expect([0, 0.5, 0.999].map((drawn) => backoffMs(1, steps, () => drawn))).toEqual([100, 200, 299])
})
