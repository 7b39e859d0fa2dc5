import { AppError } from '@capstan/shared/errors'

/** The AppError that `promise` rejects with. Throws any other error, and an Error when it resolves. */
export async function awaitAppError(promise: Promise<unknown>): Promise<AppError> {
  const error: unknown = await promise.then(
    () => new Error('nothing was thrown'),
    (reason: unknown) => reason,
  )
  if (error instanceof AppError) return error
  throw error
}
