import { expect, test } from 'vitest'
import { computeJainIndex } from './jain-index.ts'

test('equal shares are 1, one share alone is one part of all', () => {
  expect(computeJainIndex([4, 4, 4])).toBe(1)
  expect(computeJainIndex([8, 0])).toBe(0.5)
})
