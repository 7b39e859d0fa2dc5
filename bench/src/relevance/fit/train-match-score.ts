import {
  computeLogit,
  fitLogisticRegression,
  type Coefficients,
  type Observation,
} from './logistic-regression.ts'
import type { Candidate, MatchSample } from './match-sample.ts'

/** The best candidate of a query is chosen again with each new fit. */
const ROUNDS = 5
/** Weight of a candidate beside the best one of its query. */
const OTHER_WEIGHT = 0.3
const RIDGE = 0.3
/** Largest weight of an impossible question. */
const MAX_IMPOSSIBLE_WEIGHT = 3
const FOLDS = 5

/**
 * Fits the score so that the best answer of each answerable query is above the best candidate of each impossible question
 * (multiple-instance learning). Other candidates count less; merely useful ones do not count.
 */
export function trainMatchScore(samples: MatchSample[]): Coefficients {
  const impossible = samples.filter(({ isImpossible }) => isImpossible).length
  const impossibleWeight = Math.min(
    MAX_IMPOSSIBLE_WEIGHT,
    (samples.length - impossible) / Math.max(1, impossible),
  )
  let coefficients: Coefficients | undefined
  for (let round = 0; round < ROUNDS; round += 1) {
    const observations = samples.flatMap((sample) =>
      observe(sample, sample.isImpossible ? impossibleWeight : 1, coefficients),
    )
    coefficients = fitLogisticRegression(observations, RIDGE)
  }
  return coefficients ?? []
}

function observe(
  { isImpossible, candidates }: MatchSample,
  weight: number,
  coefficients: Coefficients | undefined,
): Observation[] {
  const pool = candidates.filter(({ judgement }) => isImpossible || judgement === 'best')
  const top = coefficients ? findTop(pool, coefficients) : pool[0]
  return candidates
    .filter(({ judgement }) => judgement !== 'useful')
    .map((candidate) => ({
      features: candidate.features,
      isPositive: candidate.judgement === 'best',
      weight: candidate === top ? weight : OTHER_WEIGHT,
    }))
}

function findTop(pool: Candidate[], coefficients: Coefficients): Candidate | undefined {
  return pool.toSorted(
    (a, b) => computeLogit(coefficients, b.features) - computeLogit(coefficients, a.features),
  )[0]
}

/** The highest log odds among the candidates of a query; -Infinity without any. */
function computeTopLogit({ candidates }: MatchSample, coefficients: Coefficients): number {
  return Math.max(...candidates.map(({ features }) => computeLogit(coefficients, features)))
}

export interface ScoredSample {
  sample: MatchSample
  /** The highest log odds of its candidates. */
  logit: number
}

/** Scores each sample by a fit that has not seen its query. */
export function crossValidate(samples: MatchSample[]): ScoredSample[] {
  // All samples of a query are in one fold.
  const queries = [...new Set(samples.map(({ query }) => query))]
  const folds = new Map(queries.map((query, at) => [query, at % FOLDS]))
  const fits = Array.from({ length: FOLDS }, (_, fold) =>
    trainMatchScore(samples.filter(({ query }) => folds.get(query) !== fold)),
  )
  return samples.map((sample) => ({
    sample,
    logit: computeTopLogit(sample, fits[folds.get(sample.query) ?? 0] ?? []),
  }))
}
