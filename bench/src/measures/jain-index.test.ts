import { expect, test } from 'vitest'
import { computeJainIndex } from './jain-index.ts'

test('the Jain index of n equal shares is 1, and of a single non-zero share 1/n', () => {
  expect(computeJainIndex([4, 4, 4])).toBe(1)
  expect(computeJainIndex([8, 0])).toBe(0.5)
})
