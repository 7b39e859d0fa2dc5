import { ProblemError } from './problem-error.ts'
import { API } from './request.ts'

/** Reads a text. Throws ProblemError with the title of the server, or when the server cannot be reached. */
export async function requestText(path: string, signal?: AbortSignal): Promise<string> {
  const init = signal === undefined ? {} : { signal }
  const response = await fetch(new URL(path, API), { credentials: 'same-origin', ...init })
  if (response.ok) return response.text()
  throw new ProblemError(`The server answered ${response.status}`)
}
