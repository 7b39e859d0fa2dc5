import { expect, test } from 'vitest'
import { bestOf } from './best-of.ts'

test('the best come first, and equal ones by their names whatever came first', () => {
  expect(
    bestOf(
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
  expect(bestOf([['a', 1]], 5)).toEqual([['a', 1]])
  expect(bestOf([], 5)).toEqual([])
})
