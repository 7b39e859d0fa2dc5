import { AppError } from '@capstan/shared/errors'

/** The AppError that `act` throws. Throws any other error, and an Error when `act` returns. */
export function catchAppError(act: () => unknown): AppError {
  try {
    act()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
