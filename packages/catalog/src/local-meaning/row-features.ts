import type { Capability } from '@capstan/shared/contract/capability'
import { embeddingText } from '../embedding-text.ts'
import { textFeatures } from './text-features.ts'

/** 0: long texts win by their length. 1: short ones by their shortness. */
const LENGTH_COUNTS = 0.5

/** Features of a row, its length taken out in part. */
export function rowFeatures(row: Capability): Map<number, number> {
  const features = textFeatures(embeddingText(row))
  const length = lengthOf(features) ** LENGTH_COUNTS
  return new Map([...features].map(([feature, weight]) => [feature, weight / length]))
}

/** Euclidean; never 0. */
export function lengthOf(features: Map<number, number>): number {
  let sum = 0
  for (const weight of features.values()) sum += weight * weight
  return Math.sqrt(sum) || 1
}
