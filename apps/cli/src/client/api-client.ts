import { z } from 'zod'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'
import { readErrorResponse, createUnreachableError, type FixByCode } from './response-errors.ts'

export type QueryParameters = Record<string, string | number | boolean | undefined>

export interface ApiResponse<T> {
  status: number
  value: T
}

/** Client of the REST API of one server. Throws CliError with the matching exit code. */
export interface ApiClient {
  /** URL without credentials and without a trailing slash. */
  readonly server: string
  get<S extends z.ZodType>(path: string, schema: S, options?: ReadRequest): Promise<z.infer<S>>
  /** Returns a text response. */
  text(path: string, options?: ReadRequest): Promise<string>
  post<S extends z.ZodType>(
    path: string,
    schema: S,
    options: WriteRequest,
  ): Promise<ApiResponse<z.infer<S>>>
  put<S extends z.ZodType>(
    path: string,
    schema: S,
    options: WriteRequest,
  ): Promise<ApiResponse<z.infer<S>>>
  /** Sends DELETE. `schema` describes the response; `z.undefined()` for an empty one. */
  remove<S extends z.ZodType>(
    path: string,
    schema: S,
    options: Required<Pick<ReadRequest, 'signal'>> & ReadRequest,
  ): Promise<z.infer<S>>
  /** Returns the raw response, whatever its status. `path` is relative to the server, not to /api/v1. */
  open(
    path: string,
    init: { headers?: Record<string, string>; signal: AbortSignal },
  ): Promise<Response>
}

export interface ReadRequest {
  query?: QueryParameters
  signal?: AbortSignal
  fixes?: FixByCode
}

export interface WriteRequest {
  query?: QueryParameters
  /** Sent as JSON. */
  body?: unknown
  /** Sent unchanged, in place of `body`. */
  text?: { type: string; content: string }
  signal: AbortSignal
  headers?: Record<string, string>
  fixes?: FixByCode
}

/** Scan starts and dry runs discover the whole cluster before they respond. */
const ANSWER_MS = 60_000

export function openApiClient(options: { server: string; token: string | undefined }): ApiClient {
  const server = parseServerUrl(options.server)
  const send = createSender(server, options.token)
  const write =
    (method: 'POST' | 'PUT'): ApiClient['post'] =>
    async (path, schema, { query = {}, signal, headers = {}, fixes, ...sent }) => {
      const content = buildContent(sent)
      const init = addAnswerTimeout({
        method,
        signal,
        headers: { ...headers, ...(content && { 'content-type': content.type }) },
        ...(content && { body: content.content }),
      })
      const answer = await read(server, await send(`/api/v1${path}${search(query)}`, init), fixes)
      return { status: answer.status, value: parseResponse(schema, answer.body, path) }
    }
  return {
    server,
    open: send,
    get: async (path, schema, { query = {}, signal, fixes } = {}) => {
      const init = addAnswerTimeout(signal ? { signal } : {})
      const response = await send(`/api/v1${path}${search(query)}`, init)
      const { body } = await read(server, response, fixes)
      return parseResponse(schema, body, path)
    },
    text: async (path, { query = {}, signal, fixes } = {}) => {
      const init = addAnswerTimeout(signal ? { signal } : {})
      const response = await send(`/api/v1${path}${search(query)}`, init)
      if (!response.ok) throw await readErrorResponse(server, response, fixes)
      return response.text()
    },
    post: write('POST'),
    put: write('PUT'),
    remove: async (path, schema, { query = {}, signal, fixes }) => {
      const init = addAnswerTimeout({ method: 'DELETE', signal })
      const response = await send(`/api/v1${path}${search(query)}`, init)
      const { body } = await read(server, response, fixes)
      return parseResponse(schema, body, path)
    },
  }
}

function buildContent({ body, text }: Pick<WriteRequest, 'body' | 'text'>): WriteRequest['text'] {
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

/** Adds the token to each request. The token never appears in an error. */
function createSender(server: string, token: string | undefined): Send {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return async (path, init) => {
    try {
      const headers = { ...init.headers, ...authorization }
      return await fetch(`${server}${path}`, { ...init, headers })
    } catch (error) {
      throw toConnectionError(server, error, init.signal)
    }
  }
}

function addAnswerTimeout(init: Sending): Sending {
  const limit = AbortSignal.timeout(ANSWER_MS)
  return { ...init, signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit }
}

async function read(
  server: string,
  response: Response,
  fixes?: FixByCode,
): Promise<{ status: number; body: unknown }> {
  if (!response.ok) throw await readErrorResponse(server, response, fixes)
  return { status: response.status, body: await readBody(server, response) }
}

/** Keeps the abort reason of the caller. Any other failure means that the server is unreachable. */
function toConnectionError(
  server: string,
  error: unknown,
  signal: AbortSignal | undefined,
): unknown {
  if (!signal?.aborted) return createUnreachableError(server, error)
  const reason: unknown = signal.reason
  const isLate = reason instanceof DOMException && reason.name === 'TimeoutError'
  return isLate ? createNoResponseError(server) : reason
}

function parseServerUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && url.password === '') {
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  }
  throw new CliError('The server address is invalid', {
    exitCode: EXIT.usage,
    why: url?.password ? 'It contains a password.' : 'It must be a URL with http:// or https://.',
    fix: 'Set --server or CAPSTAN_SERVER to something like http://127.0.0.1:8080; tokens go into CAPSTAN_TOKEN.',
  })
}

function search(query: QueryParameters): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) given.set(name, String(value))
  }
  return given.size === 0 ? '' : `?${given.toString()}`
}

async function readBody(server: string, response: Response): Promise<unknown> {
  try {
    return response.status === 204 ? undefined : await response.json()
  } catch (error) {
    throw new CliError(`The response from ${server} does not come from Capstan`, {
      exitCode: EXIT.unreachable,
      why: `It sent ${response.headers.get('content-type') ?? 'something'} instead of JSON.`,
      fix: 'Check --server or CAPSTAN_SERVER.',
      cause: error,
    })
  }
}

function parseResponse<S extends z.ZodType>(schema: S, body: unknown, path: string): z.infer<S> {
  const { success, data, error } = schema.safeParse(body)
  if (success) return data
  throw new CliError('The response of the server is invalid', {
    exitCode: EXIT.unexpected,
    why: `${path}: ${error.issues[0]?.path.join('.') ?? ''} ${error.issues[0]?.message ?? ''}`,
    fix: 'Use a server and a command line of the same version; `capstan version` shows both.',
    cause: error,
  })
}

function createNoResponseError(server: string): CliError {
  return new CliError(`Capstan at ${server} does not respond`, {
    exitCode: EXIT.unreachable,
    why: 'The request timed out.',
    fix: '`capstan doctor` searches for the cause.',
  })
}
