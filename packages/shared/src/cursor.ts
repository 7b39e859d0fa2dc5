import { AppError } from './errors.ts'

/** Opaque page cursor around a sort key. */
export function encodeCursor(key: string): string {
  return Buffer.from(key).toString('base64url')
}

/** The sort key of a cursor; AppError VALIDATION when it is not one of ours. */
export function decodeCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString()
  if (encodeCursor(key) === cursor && key !== '') return key
  throw createCursorError()
}

/** For a cursor whose key makes no sense to the list that was asked. */
export function createCursorError(): AppError {
  return new AppError('VALIDATION', 'The cursor is not one that this server gave out', {
    hint: 'Take `page.nextCursor` of the answer before, unchanged, or leave it out.',
  })
}
