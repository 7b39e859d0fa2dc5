import { expect, test } from 'vitest'
import { slowdown } from './slowdown.ts'

test('one slow run of several changes nothing in the slowdown', () => {
  expect(slowdown([1_000, 1_000, 4_000], [1_050, 9_000, 1_050])).toBe(1.05)
})

test('a slowdown without a run alone or beside is not a number', () => {
  expect(slowdown([], [1])).toBeNaN()
  expect(slowdown([1], [])).toBeNaN()
})
