import { expect, test } from 'vitest'
import { selectBest } from './select-best.ts'

test('entries are sorted by score and then by id', () => {
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

test('fewer entries than requested are all returned', () => {
  expect(selectBest([['a', 1]], 5)).toEqual([['a', 1]])
  expect(selectBest([], 5)).toEqual([])
})
