import { z } from 'zod'
import { decodeCursor, encodeCursor, createCursorError } from '@capstan/shared/cursor'

/** A place in a sorted list: what it is sorted by, and the name that breaks ties. */
export interface SortKey {
  by: number
  name: string
}

const Key = z
  .string()
  .regex(/^-?\d+(\.\d+)? /)
  .transform((key): SortKey => {
    const space = key.indexOf(' ')
    return { by: Number(key.slice(0, space)), name: key.slice(space + 1) }
  })

/** Cursor of the page after this place. */
export function encodeSortKey({ by, name }: SortKey): string {
  return encodeCursor(`${by} ${name}`)
}

/** AppError VALIDATION when the cursor belongs to no list of places. */
export function decodeSortKey(cursor: string): SortKey {
  const place = Key.safeParse(decodeCursor(cursor))
  if (!place.success) throw createCursorError()
  return place.data
}

/** Order of a list of places. */
export function compareSortKeys(a: SortKey, b: SortKey): number {
  return a.by - b.by || (a.name < b.name ? -1 : Number(a.name > b.name))
}
