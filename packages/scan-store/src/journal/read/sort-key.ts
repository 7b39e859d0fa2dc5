import { z } from 'zod'
import { decodeCursor, encodeCursor, createCursorError } from '@capstan/shared/cursor'

/** Position in a sorted list: the sort value and the name that breaks ties. */
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

/** Encodes the cursor of the page after this key. */
export function encodeSortKey({ by, name }: SortKey): string {
  return encodeCursor(`${by} ${name}`)
}

/** Decodes a cursor. Throws AppError VALIDATION when it holds no sort key. */
export function decodeSortKey(cursor: string): SortKey {
  const place = Key.safeParse(decodeCursor(cursor))
  if (!place.success) throw createCursorError()
  return place.data
}

/** Compares two keys for Array.prototype.sort. */
export function compareSortKeys(a: SortKey, b: SortKey): number {
  return a.by - b.by || (a.name < b.name ? -1 : Number(a.name > b.name))
}
