import { z } from 'zod'
import { decodeCursor, encodeCursor, foreignCursor } from '@capstan/shared/cursor'

/** A place in a sorted list: what it is sorted by, and the name that breaks ties. */
export interface Place {
  by: number
  name: string
}

const Key = z
  .string()
  .regex(/^-?\d+(\.\d+)? /)
  .transform((key): Place => {
    const space = key.indexOf(' ')
    return { by: Number(key.slice(0, space)), name: key.slice(space + 1) }
  })

/** Cursor of the page after this place. */
export function cursorAfter({ by, name }: Place): string {
  return encodeCursor(`${by} ${name}`)
}

/** AppError VALIDATION when the cursor belongs to no list of places. */
export function placeOf(cursor: string): Place {
  const place = Key.safeParse(decodeCursor(cursor))
  if (!place.success) throw foreignCursor()
  return place.data
}

/** Order of a list of places. */
export function comparePlaces(a: Place, b: Place): number {
  return a.by - b.by || (a.name < b.name ? -1 : Number(a.name > b.name))
}
