import { decodeCursor, encodeCursor, createCursorError } from '@capstan/shared/cursor'

/** Position in a sorted list: the sort value and the name that breaks ties. */
export interface SortKey {
  by: number
  name: string
}

/** Encodes the cursor of the page after this key. `order` names the order of the list. */
export function encodeSortKey(order: string, { by, name }: SortKey): string {
  return encodeCursor(`${order} ${by} ${name}`)
}

/** Decodes a cursor. Throws AppError VALIDATION when it holds no sort key of a list with this order. */
export function decodeSortKey(order: string, cursor: string): SortKey {
  const key = decodeCursor(cursor)
  const [encodedOrder, by = '', ...name] = key.split(' ')
  const value = Number(by)
  if (encodedOrder !== order || name.length === 0 || by === '' || !Number.isFinite(value))
    throw createCursorError()
  return { by: value, name: name.join(' ') }
}

/** Compares two keys for Array.prototype.sort. */
export function compareSortKeys(a: SortKey, b: SortKey): number {
  return a.by - b.by || (a.name < b.name ? -1 : Number(a.name > b.name))
}
