import { z } from 'zod'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'
import { errorOfResponse, unreachable, type Fixes } from './answer-errors.ts'

export type Query = Record<string, string | number | boolean | undefined>

export interface Answer<T> {
  status: number
  value: T
}

/** The REST API of one server. Every failure is a CliError with the exit code it deserves. */
export interface ApiClient {
  /** As given, without credentials and trailing slash. */
  readonly server: string
  get<S extends z.ZodType>(path: string, schema: S, options?: Reading): Promise<z.infer<S>>
  post<S extends z.ZodType>(path: string, schema: S, options: Posting): Promise<Answer<z.infer<S>>>
  put<S extends z.ZodType>(path: string, schema: S, options: Posting): Promise<Answer<z.infer<S>>>
  /** DELETE; the schema is of the answer, undefined for none. */
  remove<S extends z.ZodType>(
    path: string,
    schema: S,
    options: Required<Pick<Reading, 'signal'>> & Reading,
  ): Promise<z.infer<S>>
  /** An answer as it comes, whatever its status. `path` begins at the server, not at /api/v1. */
  open(
    path: string,
    init: { headers?: Record<string, string>; signal: AbortSignal },
  ): Promise<Response>
}

export interface Reading {
  query?: Query
  signal?: AbortSignal
  fixes?: Fixes
}

export interface Posting {
  query?: Query
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is, in place of `body`. */
  text?: { type: string; content: string }
  signal: AbortSignal
  headers?: Record<string, string>
  fixes?: Fixes
}

/** Starts and dry runs look at the whole cluster first. */
const ANSWER_MS = 60_000

export function openApiClient(options: { server: string; token: string | undefined }): ApiClient {
  const server = serverUrl(options.server)
  const send = sender(server, options.token)
  const write =
    (method: 'POST' | 'PUT'): ApiClient['post'] =>
    async (path, schema, { query = {}, signal, headers = {}, fixes, ...sent }) => {
      const content = contentOf(sent)
      const init = limited({
        method,
        signal,
        headers: { ...headers, ...(content && { 'content-type': content.type }) },
        ...(content && { body: content.content }),
      })
      const answer = await read(server, await send(`/api/v1${path}${search(query)}`, init), fixes)
      return { status: answer.status, value: understood(schema, answer.body, path) }
    }
  return {
    server,
    open: send,
    get: async (path, schema, { query = {}, signal, fixes } = {}) => {
      const init = limited(signal ? { signal } : {})
      const response = await send(`/api/v1${path}${search(query)}`, init)
      const { body } = await read(server, response, fixes)
      return understood(schema, body, path)
    },
    post: write('POST'),
    put: write('PUT'),
    remove: async (path, schema, { query = {}, signal, fixes }) => {
      const init = limited({ method: 'DELETE', signal })
      const response = await send(`/api/v1${path}${search(query)}`, init)
      const { body } = await read(server, response, fixes)
      return understood(schema, body, path)
    },
  }
}

function contentOf({ body, text }: Pick<Posting, 'body' | 'text'>): Posting['text'] {
  if (text || body === undefined) return text
  return { type: 'application/json', content: JSON.stringify(body) }
}

interface Sending {
  method?: string
  headers?: Record<string, string>
  body?: string
  signal?: AbortSignal
}

type Send = (path: string, init: Sending) => Promise<Response>

/** Sends with the token, which is in no error. */
function sender(server: string, token: string | undefined): Send {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return async (path, init) => {
    try {
      const headers = { ...init.headers, ...authorization }
      return await fetch(`${server}${path}`, { ...init, headers })
    } catch (error) {
      throw lost(server, error, init.signal)
    }
  }
}

function limited(init: Sending): Sending {
  const limit = AbortSignal.timeout(ANSWER_MS)
  return { ...init, signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit }
}

async function read(
  server: string,
  response: Response,
  fixes?: Fixes,
): Promise<{ status: number; body: unknown }> {
  if (!response.ok) throw await errorOfResponse(server, response, fixes)
  return { status: response.status, body: await bodyOf(server, response) }
}

/** The caller's own abort stays what it is; everything else is a server that cannot be reached. */
function lost(server: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (!signal?.aborted) return unreachable(server, error)
  const reason: unknown = signal.reason
  const isLate = reason instanceof DOMException && reason.name === 'TimeoutError'
  return isLate ? tooLate(server) : reason
}

function serverUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && url.password === '') {
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  }
  throw new CliError('The address of the server is not usable', {
    exitCode: EXIT.usage,
    why: url?.password ? 'It holds a password.' : 'It must be a URL with http:// or https://.',
    fix: 'Set --server or CAPSTAN_SERVER to something like http://127.0.0.1:8080; tokens go into CAPSTAN_TOKEN.',
  })
}

function search(query: Query): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) given.set(name, String(value))
  }
  return given.size === 0 ? '' : `?${given.toString()}`
}

async function bodyOf(server: string, response: Response): Promise<unknown> {
  try {
    return response.status === 204 ? undefined : await response.json()
  } catch (error) {
    throw new CliError(`What answers at ${server} is not Capstan`, {
      exitCode: EXIT.unreachable,
      why: `It sent ${response.headers.get('content-type') ?? 'something'} where JSON was due.`,
      fix: 'Check --server or CAPSTAN_SERVER.',
      cause: error,
    })
  }
}

function understood<S extends z.ZodType>(schema: S, body: unknown, path: string): z.infer<S> {
  const { success, data, error } = schema.safeParse(body)
  if (success) return data
  throw new CliError('The answer of the server is not understood', {
    exitCode: EXIT.unexpected,
    why: `${path}: ${error.issues[0]?.path.join('.') ?? ''} ${error.issues[0]?.message ?? ''}`,
    fix: 'Use a server and a command line of the same version; `capstan version` shows both.',
    cause: error,
  })
}

function tooLate(server: string): CliError {
  return new CliError(`Capstan at ${server} does not answer`, {
    exitCode: EXIT.unreachable,
    why: 'No answer came in time.',
    fix: '`capstan doctor` looks for the cause.',
  })
}
