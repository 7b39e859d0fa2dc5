import { expect, test } from 'vitest'
import { computeLeaseWaitMs } from './compute-lease-wait.ts'

const FAR_MS = 600_000

test('the waits between checks for the answer of another attempt grow from one second to ten', () => {
  const waits = [0, 1, 2, 3, 4, 40].map((looked) => computeLeaseWaitMs(looked, FAR_MS, () => 0.5))
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
})

test('a wait has 25 % jitter, so that attempts do not poll together', () => {
  expect(computeLeaseWaitMs(9, FAR_MS, () => 0)).toBe(7_500)
  expect(computeLeaseWaitMs(9, FAR_MS, () => 1)).toBe(12_500)
})

test('a wait ends soon after the lease of a dead worker may be taken over', () => {
  expect(computeLeaseWaitMs(9, 1_200, () => 0)).toBe(1_200)
  expect(computeLeaseWaitMs(9, 1_200, () => 1)).toBe(1_700)
})
