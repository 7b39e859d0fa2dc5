import type { MatchStrength } from '../catalog.ts'
import { MATCH_FEATURES, type MatchFeatures } from './match-features.ts'

/** Fitted by `bench fit-match-score` on the tuning half of the relevance benchmark. */
export const MATCH_MODEL: { intercept: number; weights: MatchFeatures } = {
  intercept: -7.6,
  weights: {
    prominence: 6.11,
    similarity: 3.01,
    name: 2.75,
    length: 1.72,
    isOneWord: 1.91,
    missesProduct: -1.45,
  },
}
/** The intercept is shifted so that this is the threshold. */
const STRONG_SCORE = 0.5

/** Logistic regression: between 0 and 1. */
export function computeMatchScore(features: MatchFeatures): number {
  const { intercept, weights } = MATCH_MODEL
  const sum = MATCH_FEATURES.reduce((all, name) => all + weights[name] * features[name], intercept)
  return 1 / (1 + Math.exp(-sum))
}

export function classifyScore(score: number): MatchStrength {
  return score >= STRONG_SCORE ? 'strong' : 'weak'
}

/**
 * Cosine of an embedding model at which a type that shares no word with the query is a strong match. Not fitted: models
 * differ, and related texts of most have 0.4 to 0.7.
 */
const STRONG_COSINE = 0.5
const COSINE_STEEPNESS = 12

/** The score of a match by meaning alone: between 0 and 1. */
export function computeCosineScore(cosine: number): number {
  return 1 / (1 + Math.exp(COSINE_STEEPNESS * (STRONG_COSINE - cosine)))
}
