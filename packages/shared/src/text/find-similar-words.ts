import { editDistance } from './edit-distance.ts'

const MOST_NEAR = 3
const MAX_DISTANCE = 3
const MAX_LENGTH = 100

/**
 * Finds at most three words similar to `given`, for "did you mean" hints, nearest first. Ignores case. Compares every word,
 * so the caller must bound the list.
 */
export function findSimilarWords(given: string, words: Iterable<string>): string[] {
  const wanted = given.toLowerCase()
  if (wanted.length > MAX_LENGTH) return []
  const most = Math.min(MAX_DISTANCE, Math.max(1, Math.floor(wanted.length / 3)))
  const near: { word: string; distance: number }[] = []
  for (const word of words) {
    const distance = distanceTo(wanted, word.toLowerCase(), most)
    if (distance <= most) near.push({ word, distance })
  }
  return near
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, MOST_NEAR)
    .map(({ word }) => word)
}

/** A word that contains the other one has the distance 1. */
function distanceTo(wanted: string, word: string, most: number): number {
  const isPart = Math.min(wanted.length, word.length) >= 4
  if (isPart && (word.includes(wanted) || wanted.includes(word))) return wanted === word ? 0 : 1
  if (Math.abs(wanted.length - word.length) > most) return Number.POSITIVE_INFINITY
  return editDistance(wanted, word, most)
}
