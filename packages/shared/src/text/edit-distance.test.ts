import fc from 'fast-check'
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
])('the edit distance from %s to %s is %d', (a, b, distance) => {
  expect(editDistance(a, b, 2)).toBe(distance)
  expect(editDistance(b, a, 2)).toBe(distance)
})

test('an edit distance above the bound is infinite', () => {
  expect(editDistance('vertual', 'virtula', 1)).toBe(Number.POSITIVE_INFINITY)
  expect(editDistance('', 'abc', 3)).toBe(3)
  expect(editDistance('', 'abc', 2)).toBe(Number.POSITIVE_INFINITY)
})

test('the banded edit distance equals that of the full table, for all texts and bounds', () => {
  const text = fc.stringMatching(/^[abc]{0,9}$/)
  fc.assert(
    fc.property(text, text, fc.nat(6), (a, b, most) => {
      const whole = distanceByTable(a, b)
      expect(editDistance(a, b, most)).toBe(whole <= most ? whole : Number.POSITIVE_INFINITY)
    }),
  )
})

/** Reference implementation of optimal string alignment. */
function distanceByTable(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, row) =>
    Array.from({ length: b.length + 1 }, (__, column) => (row === 0 ? column : row)),
  )
  const read = (row: number, column: number): number => table[row]?.[column] ?? Infinity
  for (let row = 1; row <= a.length; row += 1) {
    for (let column = 1; column <= b.length; column += 1) {
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const distance = Math.min(
        read(row - 1, column) + 1,
        read(row, column - 1) + 1,
        read(row - 1, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1),
        isSwapped ? read(row - 2, column - 2) + 1 : Infinity,
      )
      table[row]?.splice(column, 1, distance)
    }
  }
  return read(a.length, b.length)
}
