import { expect, test } from 'vitest'
import { rankValues } from './rank-values.ts'

test('values are ordered by count, then by name', () => {
  expect(rankValues({ b: 1, a: 1, c: 3, d: 0 }, '')).toEqual([
    ['c', 3],
    ['a', 1],
    ['b', 1],
  ])
})

test('the chosen value comes first, also without a type', () => {
  expect(rankValues({ a: 5 }, 'x')).toEqual([
    ['x', 0],
    ['a', 5],
  ])
})
