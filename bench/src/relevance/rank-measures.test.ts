import { expect, test } from 'vitest'
import { CLUSTER_SIZES, loadClusterQueries, loadJudgedQueries } from './judged-query.ts'
import { loadKnownTypes } from './known-types.ts'
import { computeRankMeasures } from './rank-measures.ts'

const judged = { best: ['a', 'b'], also: ['c'] }

test('a perfect ranking has hit rates, MRR and nDCG of 1', () => {
  const answers = [{ judged, ranking: ['b', 'a', 'c', 'x'] }]
  expect(computeRankMeasures(answers)).toEqual({ queries: 1, hit1: 1, hit5: 1, mrr: 1, ndcg10: 1 })
})

test('a useful result that is no answer has a small gain and is not a hit', () => {
  const { hit1, hit5, mrr, ndcg10 } = computeRankMeasures([{ judged, ranking: ['c', 'x', 'a'] }])
  expect({ hit1, hit5 }).toEqual({ hit1: 0, hit5: 1 })
  expect(mrr).toBeCloseTo(1 / 3)
  // (1 + 3/2) / (3 + 3/log2(3) + 1/2)
  expect(ndcg10).toBeCloseTo(2.5 / (3.5 + 3 / Math.log2(3)))
})

test('an answer below the tenth place counts as none', () => {
  const ranking = [...Array.from({ length: 10 }, (_, index) => `other${index}`), 'a']
  expect(computeRankMeasures([{ judged, ranking }])).toMatchObject({ hit5: 0, mrr: 0, ndcg10: 0 })
})

test('measures are means over the queries', () => {
  const found = { judged, ranking: ['a', 'b', 'c'] }
  expect(computeRankMeasures([found, { judged, ranking: [] }])).toMatchObject({
    queries: 2,
    hit1: 0.5,
  })
})

test('every judgement names existing types, and each kind of query is in both halves', () => {
  const types = loadKnownTypes().map(({ resource }) => resource)
  expect(new Set(types).size).toBe(types.length)
  expect(types.length).toBeGreaterThanOrEqual(300)
  const queries = loadJudgedQueries()
  expect(new Set(queries.map(({ query }) => query)).size).toBe(queries.length)
  expect(queries.filter(({ kind }) => kind !== 'negative').length).toBeGreaterThanOrEqual(120)
  for (const { query, kind, best, also } of queries) {
    expect(best.length === 0, query).toBe(kind === 'negative')
    expect(types, query).toEqual(expect.arrayContaining([...best, ...also]))
    expect(best.filter((name) => also.includes(name))).toEqual([])
  }
  for (const [kind, asked] of Map.groupBy(queries, (one) => one.kind)) {
    const held = asked.filter(({ half }) => half === 'held-out').length
    expect(Math.abs(2 * held - asked.length), kind).toBeLessThanOrEqual(1)
  }
})

test.each(CLUSTER_SIZES)(
  'queries for a cluster of %s types differ, both halves have enough, and only impossible ones have no answer',
  (size) => {
    const queries = loadClusterQueries(size)
    expect(new Set(queries.map(({ query }) => query)).size).toBe(queries.length)
    for (const { kind, best, also } of queries) {
      expect(best.length === 0).toBe(kind === 'negative')
      expect(best.filter((name) => also.includes(name))).toEqual([])
    }
    for (const half of ['tuning', 'held-out']) {
      const members = queries.filter((one) => one.half === half)
      const impossible = members.filter(({ kind }) => kind === 'negative').length
      expect(impossible).toBeGreaterThanOrEqual(20)
      expect(members.length - impossible).toBeGreaterThanOrEqual(50)
    }
  },
)
