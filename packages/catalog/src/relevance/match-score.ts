import type { MatchStrength } from '../catalog.ts'
import { MATCH_FEATURES, type MatchFeatures } from './match-features.ts'

/** Fitted by `bench fit-match-score` on the tuning half of the relevance benchmark. */
export const MATCH_MODEL: { intercept: number; weights: MatchFeatures } = {
  intercept: -7.7,
  weights: {
    prominence: 6.47,
    similarity: 2.64,
    name: 2.92,
    length: 1.45,
    isOneWord: 1.69,
    missesProduct: -1.61,
  },
}
/** The intercept is shifted so that this is the threshold. */
const STRONG_SCORE = 0.5

/**
 * Logistic regression: between 0 and 1. The similarity of an embedding model is no feature, because it adds too little to
 * the others.
 */
export function computeMatchScore(features: MatchFeatures): number {
  const { intercept, weights } = MATCH_MODEL
  const sum = MATCH_FEATURES.reduce((all, name) => all + weights[name] * features[name], intercept)
  return 1 / (1 + Math.exp(-sum))
}

export function classifyScore(score: number): MatchStrength {
  return score >= STRONG_SCORE ? 'strong' : 'weak'
}
