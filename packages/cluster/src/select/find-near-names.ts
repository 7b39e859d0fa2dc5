import { editDistance } from '@capstan/shared/text/edit-distance'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import type { SelectionWork } from './selection-work.ts'
import type { TypeIndex } from './type-index.ts'

/** Wrong letters in a near name; of a short name at most a third. */
const MAX_DISTANCE = 4
const MOST = 5
/** No name of a type is longer. */
const MOST_LETTERS = 253
/** A shorter text is a part of too many names. */
const LEAST_PART = 4

/** Names (`plural.group`) of at most five types that a caller who wrote `unknown` may have meant, the nearest first. */
export async function findNearNames(
  unknown: string,
  { all }: TypeIndex,
  work: SelectionWork,
): Promise<string[]> {
  const wanted = unknown.toLowerCase().slice(0, MOST_LETTERS)
  const limit = Math.min(MAX_DISTANCE, Math.max(1, Math.floor(wanted.length / 3)))
  const near: { resource: string; distance: number }[] = []
  const slice = startTimeSlice()
  for (const { names, spellings } of all) {
    if (slice.isOver) await slice.next()
    let distance = Number.POSITIVE_INFINITY
    for (const spelling of spellings) {
      work.comparisons += 1
      work.characters += spelling.length
      distance = Math.min(distance, distanceTo(wanted, spelling, limit))
    }
    if (distance <= limit) near.push({ resource: names.resource, distance })
  }
  return near
    .toSorted((a, b) => a.distance - b.distance || (a.resource < b.resource ? -1 : 1))
    .slice(0, MOST)
    .map(({ resource }) => resource)
}

/** A part of a name is nearly as good as one wrong letter. */
function distanceTo(wanted: string, name: string, limit: number): number {
  if (wanted.length >= LEAST_PART && name.includes(wanted)) return 1
  return editDistance(wanted, name, limit)
}
