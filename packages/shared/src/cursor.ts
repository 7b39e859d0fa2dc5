import { AppError } from './errors.ts'

/** Encodes a sort key as an opaque page cursor. */
export function encodeCursor(key: string): string {
  return Buffer.from(key).toString('base64url')
}

/** Decodes the sort key of a cursor. Throws AppError VALIDATION for an invalid one. */
export function decodeCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString()
  if (encodeCursor(key) === cursor && key !== '') return key
  throw createCursorError()
}

/** Error for an invalid cursor, or a cursor of another list. */
export function createCursorError(): AppError {
  return new AppError('VALIDATION', 'The cursor is not from this server', {
    hint: 'Use `page.nextCursor` of the previous page unchanged, or omit the cursor.',
  })
}
