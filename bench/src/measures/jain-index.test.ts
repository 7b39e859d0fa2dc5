import { expect, test } from 'vitest'
import { jainIndex } from './jain-index.ts'

test('equal shares are 1, one share alone is one part of all', () => {
  expect(jainIndex([4, 4, 4])).toBe(1)
  expect(jainIndex([8, 0])).toBe(0.5)
})
