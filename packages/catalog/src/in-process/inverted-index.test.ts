import { expect, test } from 'vitest'
import { InvertedIndex } from './inverted-index.ts'

function createIndex(rows: Record<string, Record<string, number>>): InvertedIndex<string> {
  const index = new InvertedIndex<string>()
  for (const [id, features] of Object.entries(rows))
    index.set(id, new Map(Object.entries(features)))
  return index
}

test('the best alternative of each term counts, and the terms add up', () => {
  const index = createIndex({ both: { a: 0.5, b: 1, c: 0.25 }, one: { a: 0.5 }, none: { d: 1 } })
  const alternatives = new Map([
    ['a', 1],
    ['b', 0.25],
  ])
  expect(index.score([alternatives, new Map([['c', 2]])])).toEqual([
    ['both', 1],
    ['one', 0.5],
  ])
})

test('a row that is set again loses its old features', () => {
  const index = createIndex({ row: { a: 1 }, other: { a: 1 } })
  index.set('row', new Map([['b', 1]]))
  expect(index.size).toBe(2)
  expect(['a', 'b'].map((feature) => index.countRows(feature))).toEqual([1, 1])
  expect(index.score([new Map([['a', 1]])])).toEqual([['other', 1]])
  expect(index.score([new Map([['b', 1]])])).toEqual([['row', 1]])
})

test('a feature that no row has any more is removed from the index', () => {
  const index = createIndex({ row: { a: 1, b: 1 }, other: { b: 1 } })
  index.delete('row')
  index.delete('row')
  expect([...index.features()]).toEqual(['b'])
  expect(index.score([new Map([['a', 1]])])).toEqual([])
})

test('an index after thousands of changes scores like a new index of the same rows', () => {
  const rows = Array.from({ length: 50 }, (_, row) => `row${row}`)
  const makeFeatures = (row: string, round: number) =>
    new Map([
      ['all', 1],
      [row, 1],
      [`round${round}`, 1],
    ])
  const changed = new InvertedIndex<string>()
  for (let round = 0; round < 40; round += 1) {
    for (const row of rows) changed.set(row, makeFeatures(row, round))
    changed.delete(`row${round}`)
  }
  const fresh = new InvertedIndex<string>()
  for (const row of rows.slice(0, 39)) fresh.set(row, makeFeatures(row, 39))
  for (const row of rows.slice(40)) fresh.set(row, makeFeatures(row, 39))
  expect(changed.size).toBe(49)
  expect([...changed.features()].toSorted()).toEqual([...fresh.features()].toSorted())
  for (const feature of ['all', 'row7', 'row39', 'round38', 'round39']) {
    const results = [changed, fresh].map((index) => new Map(index.score([new Map([[feature, 1]])])))
    expect(results[0]).toEqual(results[1])
  }
})

test('the result has the best matching rows up to the limit, and all rows that tie with the last', () => {
  const index = createIndex({
    a: { x: 0.25 },
    b: { x: 0.5 },
    c: { x: 0.5 },
    d: { x: 1 },
    e: { x: 2 },
  })
  const terms = [new Map([['x', 1]])]
  const matches = (id: string) => id !== 'e'
  const found = (limit: number) => index.score(terms, { matches, limit }).map(([id]) => id)
  expect(found(1)).toEqual(['d'])
  expect(found(2)).toEqual(['b', 'c', 'd'])
  expect(found(10)).toEqual(['a', 'b', 'c', 'd'])
})

test('a row that covers all query parts ranks before a row with one stronger match', () => {
  const index = createIndex({ strong: { a: 1 }, all: { a: 0.5, b: 0.3 }, similar: { c: 0.4 } })
  const terms = ['a', 'b', 'c'].map((feature) => new Map([[feature, 1]]))
  const parts = [
    { features: ['a'], weight: 1 },
    { features: ['b', 'x'], weight: 1 },
  ]
  const found = (of: typeof parts) =>
    index.score(terms, {}, of).toSorted(([, one], [, other]) => other - one)
  expect(found([]).map(([id]) => id)).toEqual(['strong', 'all', 'similar'])
  expect(found(parts).map(([id]) => id)).toEqual(['all', 'strong', 'similar'])
})
