import type { Problem } from '@capstan/shared/contract/problem'
import { ProblemError } from './problem-error.ts'
import { reachedAt } from './reached-at.ts'
import { endSession } from './session-state.ts'

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  body?: unknown
  signal?: AbortSignal | undefined
}

/** Root of the REST API, below the path prefix of the server. */
export const API = new URL('../api/v1/', document.baseURI)

/** Asks the REST API. Throws ProblemError with the server's problem document, or when the server cannot be reached. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const { method = 'GET', body, signal } = options
  const response = await send(path, {
    method,
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  reachedAt.value = Date.now()
  if (response.ok) return response.status === 204 ? empty<T>() : response.json()
  const problem: Problem | undefined = await response.json().catch(() => undefined)
  if (response.status === 401) endSession()
  throw new ProblemError(problem?.title ?? `The server answered ${response.status}`, problem)
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(new URL(path, API), { credentials: 'same-origin', ...init })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new ProblemError('The server cannot be reached')
  }
}

/** The type of an answer without a body is chosen by the caller. */
function empty<T>(): T {
  return JSON.parse('null')
}
