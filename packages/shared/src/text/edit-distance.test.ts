import { expect, test } from 'vitest'
import { editDistance } from './edit-distance.ts'

test.each([
  ['kafka', 'kafka', 0],
  ['kakfa', 'kafka', 1],
  ['certifcate', 'certificate', 1],
  ['persistant', 'persistent', 1],
  ['polcy', 'policy', 1],
  ['netwrk', 'network', 1],
  ['promethues', 'prometheus', 1],
  ['vertual', 'virtula', 2],
  ['kafka', 'redis', Number.POSITIVE_INFINITY],
  ['abc', 'abcdef', Number.POSITIVE_INFINITY],
])('from %s to %s it is %d', (a, b, distance) => {
  expect(editDistance(a, b, 2)).toBe(distance)
  expect(editDistance(b, a, 2)).toBe(distance)
})

test('a distance above the bound is none', () => {
  expect(editDistance('vertual', 'virtula', 1)).toBe(Number.POSITIVE_INFINITY)
})
