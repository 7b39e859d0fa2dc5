import { expect, test } from 'vitest'
import { computeLowerBound } from './lower-bound.ts'

test('with few slots the sum of all latencies determines the lower bound', () => {
  expect(computeLowerBound([4, 4, 4, 4], 2)).toEqual({ ms: 8, binding: 'concurrency' })
})

test('with one slot per call the slowest call determines the lower bound', () => {
  expect(computeLowerBound([1, 2, 9], 3)).toEqual({ ms: 9, binding: 'slowest call' })
})

test('a limit determines the lower bound when its refill takes longer than the calls', () => {
  const latencies = Array.from({ length: 100 }, () => 1_000)
  const requests = { name: 'requests', needed: 100, capacity: 40, perMs: 1 / 1_000 }
  const tokens = { name: 'tokens', needed: 5_000, capacity: 6_000, perMs: 1 }
  expect(computeLowerBound(latencies, 100, [requests, tokens])).toEqual({
    ms: 61_000,
    binding: 'requests',
  })
  expect(computeLowerBound(latencies, 1, [requests, tokens])).toEqual({
    ms: 100_000,
    binding: 'concurrency',
  })
})
