import { editDistance } from '@capstan/shared/text/edit-distance'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import type { SelectionWork } from './selection-work.ts'
import type { TypeIndex } from './type-index.ts'

/** Maximum edit distance; for short names, a third of the length. */
const MAX_DISTANCE = 4
const MAX_NAMES = 5
/** The longest valid name. */
const MAX_LENGTH = 253
/** Shorter texts are part of too many names. */
const MIN_PART_LENGTH = 4

/** Up to five names (`plural.group`) that are similar to `unknown`, most similar first. */
export async function findNearNames(
  unknown: string,
  { all }: TypeIndex,
  work: SelectionWork,
): Promise<string[]> {
  const wanted = unknown.toLowerCase().slice(0, MAX_LENGTH)
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
    .slice(0, MAX_NAMES)
    .map(({ resource }) => resource)
}

/** A part of a name counts as one wrong letter. */
function distanceTo(wanted: string, name: string, limit: number): number {
  if (wanted.length >= MIN_PART_LENGTH && name.includes(wanted)) return 1
  return editDistance(wanted, name, limit)
}
