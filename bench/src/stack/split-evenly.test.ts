import { expect, test } from 'vitest'
import { splitEvenly } from './split-evenly.ts'

test('shares are integers that differ by at most one and sum to the total', () => {
  expect(splitEvenly(10, 4)).toEqual([3, 3, 2, 2])
  expect(splitEvenly(66, 4)).toEqual([17, 17, 16, 16])
  expect(splitEvenly(7, 1)).toEqual([7])
})

test('a total smaller than the number of workers is refused', () => {
  expect(() => splitEvenly(1, 2)).toThrow('1 cannot be shared out to 2')
})
