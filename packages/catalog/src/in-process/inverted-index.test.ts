import { expect, test } from 'vitest'
import { InvertedIndex } from './inverted-index.ts'

function indexOf(rows: Record<string, Record<string, number>>): InvertedIndex<string> {
  const index = new InvertedIndex<string>()
  for (const [id, features] of Object.entries(rows))
    index.set(id, new Map(Object.entries(features)))
  return index
}

test('of alternatives the best one counts, and what is asked for adds up', () => {
  const index = indexOf({ both: { a: 0.5, b: 1, c: 0.25 }, one: { a: 0.5 }, none: { d: 1 } })
  const alternatives = new Map([
    ['a', 1],
    ['b', 0.25],
  ])
  expect(index.score([alternatives, new Map([['c', 2]])])).toEqual([
    ['both', 1],
    ['one', 0.5],
  ])
})

test('a row that is set again has only its new features', () => {
  const index = indexOf({ row: { a: 1 }, other: { a: 1 } })
  index.set('row', new Map([['b', 1]]))
  expect(index.size).toBe(2)
  expect(['a', 'b'].map((feature) => index.rowsWith(feature))).toEqual([1, 1])
  expect(index.score([new Map([['a', 1]])])).toEqual([['other', 1]])
  expect(index.score([new Map([['b', 1]])])).toEqual([['row', 1]])
})

test('a feature that no row has any more is forgotten', () => {
  const index = indexOf({ row: { a: 1, b: 1 }, other: { b: 1 } })
  index.delete('row')
  index.delete('row')
  expect([...index.features()]).toEqual(['b'])
  expect(index.score([new Map([['a', 1]])])).toEqual([])
})

test('thousands of changes leave the same answers as rows that were written once', () => {
  const rows = Array.from({ length: 50 }, (_, row) => `row${row}`)
  const featuresOf = (row: string, round: number) =>
    new Map([
      ['all', 1],
      [row, 1],
      [`round${round}`, 1],
    ])
  const changed = new InvertedIndex<string>()
  for (let round = 0; round < 40; round += 1) {
    for (const row of rows) changed.set(row, featuresOf(row, round))
    changed.delete(`row${round}`)
  }
  const fresh = new InvertedIndex<string>()
  for (const row of rows.slice(0, 39)) fresh.set(row, featuresOf(row, 39))
  for (const row of rows.slice(40)) fresh.set(row, featuresOf(row, 39))
  expect(changed.size).toBe(49)
  expect([...changed.features()].toSorted()).toEqual([...fresh.features()].toSorted())
  for (const asked of ['all', 'row7', 'row39', 'round38', 'round39']) {
    const answers = [changed, fresh].map((index) => new Map(index.score([new Map([[asked, 1]])])))
    expect(answers[0]).toEqual(answers[1])
  }
})

test('of many rows only those that pass and are among the best are answered, equal ones together', () => {
  const index = indexOf({ a: { x: 0.25 }, b: { x: 0.5 }, c: { x: 0.5 }, d: { x: 1 }, e: { x: 2 } })
  const asked = [new Map([['x', 1]])]
  const passes = (id: string) => id !== 'e'
  const found = (most: number) => index.score(asked, { passes, most }).map(([id]) => id)
  expect(found(1)).toEqual(['d'])
  expect(found(2)).toEqual(['b', 'c', 'd'])
  expect(found(10)).toEqual(['a', 'b', 'c', 'd'])
})

test('with parts a row that has all of them comes before one that says a single one louder', () => {
  const index = indexOf({ loud: { a: 1 }, all: { a: 0.5, b: 0.3 }, alike: { c: 0.4 } })
  const asked = ['a', 'b', 'c'].map((feature) => new Map([[feature, 1]]))
  const parts = [
    { features: ['a'], weight: 1 },
    { features: ['b', 'x'], weight: 1 },
  ]
  const found = (of: typeof parts) =>
    index.score(asked, {}, of).toSorted(([, one], [, other]) => other - one)
  expect(found([]).map(([id]) => id)).toEqual(['loud', 'all', 'alike'])
  expect(found(parts).map(([id]) => id)).toEqual(['all', 'loud', 'alike'])
})
