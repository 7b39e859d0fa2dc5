import { expect, test } from 'vitest'
import { computeInitialConcurrency } from './initial-concurrency.ts'

const CALL = {
  costs: { 'input-tokens': 4_900, 'output-tokens': 280, tokens: 6_400 },
  latencyMs: 5_000,
}

test('initial concurrency is the bucket of the scarcest limit plus its rate times the call duration', () => {
  const start = { requests: 1_000, 'input-tokens': 2_000_000, 'output-tokens': 400_000 }
  // Requests: 166.7 at once and 16.7 per second. Tokens would allow 408 at once.
  expect(computeInitialConcurrency(start, CALL, 1_000)).toBe(250)
  // 31.25 at once, and as many per minute.
  expect(computeInitialConcurrency({ tokens: 200_000 }, CALL, 200)).toBe(34)
  expect(computeInitialConcurrency({ requests: 240 }, CALL, 200)).toBe(60)
})

test('initial concurrency is at most the maximum and at least 4', () => {
  expect(computeInitialConcurrency({ requests: 10_000 }, CALL, 50)).toBe(50)
  expect(computeInitialConcurrency({ requests: 5 }, CALL, 50)).toBe(4)
  expect(computeInitialConcurrency({ requests: 5 }, CALL, 2)).toBe(2)
  expect(computeInitialConcurrency({}, CALL, 50)).toBe(16)
})
