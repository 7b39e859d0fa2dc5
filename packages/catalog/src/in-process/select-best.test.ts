import { expect, test } from 'vitest'
import { selectBest } from './select-best.ts'

test('the best come first, and equal ones by their names whatever came first', () => {
  expect(
    selectBest(
      [
        ['d', 1],
        ['b', 2],
        ['c', 2],
        ['a', 2],
      ],
      2,
    ),
  ).toEqual([
    ['a', 2],
    ['b', 2],
  ])
})

test('fewer than asked for are all there is', () => {
  expect(selectBest([['a', 1]], 5)).toEqual([['a', 1]])
  expect(selectBest([], 5)).toEqual([])
})
