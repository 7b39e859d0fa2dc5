import { expect, test } from 'vitest'
import { computeEtaErrors } from './eta-errors.ts'

const LOOKS = [
  { atMs: 1_000, done: 0.1, leftMs: null },
  { atMs: 2_000, done: 0.26, leftMs: 4_000 },
  { atMs: 5_000, done: 0.8, leftMs: 6_000 },
]

test('the ETA error at a share of progress compares the first sample after it with the time that was really left', () => {
  expect(computeEtaErrors(LOOKS, 10_000, [0.25, 0.5])).toEqual([-0.5, 0.2])
})

test('the ETA error is null without an ETA or without a sample after the share of progress', () => {
  expect(computeEtaErrors(LOOKS, 10_000, [0.05, 0.9])).toEqual([null, null])
})
