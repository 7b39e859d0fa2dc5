import type { JudgedQuery } from './judged-query.ts'

export interface RankMeasures {
  queries: number
  /** Share of queries with a best answer at rank one, and among the first five. */
  hit1: number
  hit5: number
  /** Mean of 1 / rank of the first best answer; 0 when it is not among the ten. */
  mrr: number
  /** Mean normalized discounted gain of the first ten; a best answer gains 3, a useful one 1. */
  ndcg10: number
}

const DEPTH = 10

type Judged = Pick<JudgedQuery, 'best' | 'also'>

/** Measures of rankings (names of types, best first) against their judgements. NaN without queries. */
export function computeRankMeasures(
  answers: { judged: Judged; ranking: string[] }[],
): RankMeasures {
  const places = answers.map(({ judged, ranking }) => findBestRank(judged, ranking))
  return {
    queries: answers.length,
    hit1: mean(places.map((place) => (place <= 1 ? 1 : 0))),
    hit5: mean(places.map((place) => (place <= 5 ? 1 : 0))),
    mrr: mean(places.map((place) => 1 / place)),
    ndcg10: mean(answers.map(({ judged, ranking }) => computeNdcg(judged, ranking))),
  }
}

/** Counted from 1; Infinity when none is among the first ten. */
export function findBestRank({ best }: Judged, ranking: string[]): number {
  const index = ranking.slice(0, DEPTH).findIndex((name) => best.includes(name))
  return index < 0 ? Number.POSITIVE_INFINITY : index + 1
}

function computeNdcg({ best, also }: Judged, ranking: string[]): number {
  const computeGain = (name: string): number =>
    best.includes(name) ? 3 : also.includes(name) ? 1 : 0
  const ideal = [...best.map(() => 3), ...also.map(() => 1)]
  return sumDiscounted(ranking.map(computeGain)) / sumDiscounted(ideal)
}

function sumDiscounted(gains: number[]): number {
  return gains.slice(0, DEPTH).reduce((sum, gain, index) => sum + gain / Math.log2(index + 2), 0)
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
