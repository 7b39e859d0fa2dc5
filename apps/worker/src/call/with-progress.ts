import type { Stage } from './model-call.ts'

/** Marks in the progress of the attempt when a call begins to wait and when it has ended. */
export const withProgress: Stage = (next) => async (request) => {
  const { progress, signal } = request
  progress.wait()
  signal.throwIfAborted()
  try {
    return await next(request)
  } finally {
    progress.end()
  }
}
