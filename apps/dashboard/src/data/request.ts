import type { Problem } from '@capstan/shared/contract/problem'
import { ProblemError } from './problem-error.ts'
import { reachedAt } from './reached-at.ts'
import { endSession } from './session-state.ts'

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal | undefined
}

/** URL of the server as the CLI takes it. */
export const SERVER = new URL('..', document.baseURI).href.replace(/\/$/, '')
/** Root of the REST API, below the path prefix of the server. */
export const API = new URL('../api/v1/', document.baseURI)

/** Asks the REST API. Throws ProblemError with the server's problem document, or when the server cannot be reached. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, toInit(options))
  reachedAt.value = Date.now()
  if (response.ok) return response.status === 204 ? empty<T>() : response.json()
  const problem: Problem | undefined = await response.json().catch(() => undefined)
  if (response.status === 401) endSession(problem)
  throw new ProblemError(problem?.title ?? `The server answered ${response.status}`, problem)
}

function toInit({ method = 'GET', body, headers = {}, signal }: RequestOptions): RequestInit {
  const init = { method, headers, ...(signal === undefined ? {} : { signal }) }
  if (body === undefined) return init
  const type = { 'content-type': 'application/json' }
  return { ...init, headers: { ...headers, ...type }, body: JSON.stringify(body) }
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
