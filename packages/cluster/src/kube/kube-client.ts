import { setTimeout as wait } from 'node:timers/promises'
import { fetch, type Response } from 'undici'
import { AppError } from '@capstan/shared/errors'
import { withAbort } from '@capstan/shared/async/with-abort'
import type { ServerAddress } from '../cluster-source.ts'
import { isDefinitionPath } from './definition-path.ts'
import { createConcurrencyLimit } from './concurrency-limit.ts'
import type { KubeAuth } from './open-kube-auth.ts'
import { readResponseBody } from './read-response-body.ts'
import { credentialsError, statusError, unreachableClusterError } from './kube-errors.ts'

export interface KubeReply {
  /** 200, 304, 403, 404 or 410. Other statuses are thrown as errors. */
  status: number
  contentType: string
  etag: string | undefined
  /** Uncompressed. Empty unless the status is 200. */
  body: Uint8Array
}

export interface KubeGetOptions {
  accept?: string
  /** ETag of an earlier reply. Status 304 means that it is still current. */
  etag?: string | undefined
}

/** Requests definitions of one API server, and nothing else. */
export interface KubeClient {
  /**
   * Runs at most eight requests at a time. Throws AppError CLUSTER_UNREACHABLE, CLUSTER_FORBIDDEN (credentials rejected) or
   * CLUSTER_MISCONFIGURED, or the reason of the signal.
   */
  get(path: string, signal: AbortSignal, options?: KubeGetOptions): Promise<KubeReply>
  /** Streams an answer, for watches, without the concurrency limit and without retries. Throws if there is no answer. */
  stream(path: string, signal: AbortSignal, accept: string): Promise<KubeStream>
  /** The destination of its requests. Throws if the credentials cannot be opened. */
  address(): Promise<ServerAddress>
  close(): Promise<void>
}

export interface KubeStream {
  status: number
  /** Empty unless the status is 200. */
  body: AsyncIterable<Uint8Array>
}

/** More parallel requests load the API server without a gain. */
const PARALLEL = 8
/** Timeout of one attempt. A page of a hundred large CRDs takes one or two seconds on a busy server. */
const ATTEMPT_TIMEOUT_MS = 30_000
const MAX_ATTEMPTS = 5
/** A longer `Retry-After` is an error. API servers request one second. */
const MAX_RETRY_AFTER_MS = 10_000
const MAX_REDIRECTS = 3

/** An untyped client. The Kubernetes library only authenticates, because its typed models rename members of schemas. */
export function createKubeClient(openAuth: () => Promise<KubeAuth>): KubeClient {
  let auth: Promise<KubeAuth> | undefined
  const limitConcurrency = createConcurrencyLimit(PARALLEL)
  const openOnce = (): Promise<KubeAuth> => {
    auth ??= openAuth().catch((error: unknown) => {
      auth = undefined
      throw error
    })
    return auth
  }
  const authorized: Authorized = async (path, send) => {
    if (!isDefinitionPath(path)) throw new Error(`refused to read ${path}: no definition`)
    const opened = openOnce()
    const used = await opened
    const reply = await send(used)
    if (reply !== 'unauthorized') return reply
    // Another request with a 401 may have replaced it already.
    if (auth === opened) {
      auth = undefined
      used.retire()
    }
    const renewed = await openOnce()
    const second = await send(renewed)
    if (second === 'unauthorized') throw credentialsError(renewed.server)
    return second
  }
  return {
    address: openOnce,
    get: (path, signal, options = {}) =>
      limitConcurrency(
        () => authorized(path, (from) => getWithRetries(from, path, signal, options)),
        signal,
      ),
    stream: (path, signal, accept) =>
      authorized(path, (from) => openStream(from, path, signal, accept)),
    close: async () => {
      await (await auth?.catch(() => undefined))?.close()
    },
  }
}

/**
 * Sends a request. After a 401, reads the credentials again and sends it once more: files, plugins and logins rotate tokens.
 * Throws CLUSTER_FORBIDDEN after a second 401.
 */
type Authorized = <T>(
  path: string,
  send: (auth: KubeAuth) => Promise<T | 'unauthorized'>,
) => Promise<T>

async function openStream(
  auth: KubeAuth,
  path: string,
  signal: AbortSignal,
  accept: string,
): Promise<KubeStream | 'unauthorized'> {
  const { headers, dispatcher } = await withAbort(auth.authorize(), signal)
  const response = await fetch(auth.server + path, {
    headers: { ...headers, accept },
    dispatcher,
    signal,
    redirect: 'manual',
  })
  const { status, body } = response
  if (status === 200 && body) return { status, body }
  await body?.cancel()
  if (status === 401) return 'unauthorized'
  return { status, body: NOTHING }
}

const NOTHING: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} }

async function getWithRetries(
  auth: KubeAuth,
  path: string,
  signal: AbortSignal,
  options: KubeGetOptions,
): Promise<KubeReply | 'unauthorized'> {
  for (let attempt = 1; ; attempt++) {
    const waitMs = await attemptGet(auth, path, signal, options).catch((error: unknown) => {
      signal.throwIfAborted()
      if (error instanceof AppError) throw error
      // Retried only if the connection broke during an answer.
      if (attempt < MAX_ATTEMPTS && isConnectionLost(error)) return 100 * attempt
      throw unreachableClusterError(auth.server, error)
    })
    if (typeof waitMs !== 'number') return waitMs
    if (attempt >= MAX_ATTEMPTS || waitMs > MAX_RETRY_AFTER_MS)
      throw statusError(path, 'busy', waitMs)
    await wait(waitMs, undefined, { signal })
  }
}

/** The reply, or the delay in ms before the next attempt. */
async function attemptGet(
  auth: KubeAuth,
  path: string,
  signal: AbortSignal,
  { accept = 'application/json', etag }: KubeGetOptions,
): Promise<KubeReply | number | 'unauthorized'> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)])
  const { headers, dispatcher } = await withAbort(auth.authorize(), deadline)
  const send = (to: string): Promise<Response> =>
    fetch(auth.server + to, {
      headers: { ...headers, accept, ...(etag ? { 'if-none-match': etag } : {}) },
      dispatcher,
      signal: deadline,
      redirect: 'manual',
    })
  const response = await followRedirects(send, await send(path), auth.server)
  const { status } = response
  if (status === 200) return toReply(response, await readResponseBody(response, path))
  await response.body?.cancel()
  if (isBusy(response)) return readRetryAfter(response)
  if (status === 401) return 'unauthorized'
  if ([304, 403, 404, 410].includes(status)) return toReply(response, new Uint8Array())
  throw statusError(path, status)
}

/** Follows redirects to definitions on the same server: OpenAPI documents redirect to their current content. */
async function followRedirects(
  send: (path: string) => Promise<Response>,
  first: Response,
  server: string,
): Promise<Response> {
  let response = first
  for (
    let hops = 0;
    hops < MAX_REDIRECTS && [301, 302, 307, 308].includes(response.status);
    hops++
  ) {
    const target = URL.parse(response.headers.get('location') ?? '', response.url || server)
    const path = target && toOwnPath(server, target)
    if (path === undefined || path === null || !isDefinitionPath(path)) return response
    await response.body?.cancel()
    response = await send(path)
  }
  return response
}

/** The path without the prefix of the server; undefined for another server. */
function toOwnPath(server: string, target: URL): string | undefined {
  const base = new URL(server)
  if (target.origin !== base.origin) return undefined
  const prefix = base.pathname.replace(/\/$/, '')
  const path = target.pathname + target.search
  return prefix !== '' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path
}

function toReply({ status, headers }: Response, body: Uint8Array): KubeReply {
  const contentType = headers.get('content-type') ?? ''
  return { status, contentType, etag: headers.get('etag') ?? undefined, body }
}

/** A 503 without Retry-After is not retried: the server sends it for an API service that is down. */
function isBusy({ status, headers }: Response): boolean {
  return status === 429 || (status === 503 && headers.has('retry-after'))
}

/** Retry-After, in seconds or as a date. Default: one second. */
function readRetryAfter({ headers }: Response): number {
  const text = headers.get('retry-after') ?? '1'
  const seconds = Number(text)
  const waitMs = Number.isNaN(seconds) ? Date.parse(text) - Date.now() : seconds * 1000
  return Number.isNaN(waitMs) ? 1000 : Math.max(50, waitMs)
}

function isConnectionLost(error: unknown): boolean {
  const codes = [
    'UND_ERR_SOCKET',
    'ECONNRESET',
    'EPIPE',
    'ERR_STREAM_PREMATURE_CLOSE',
    'Z_BUF_ERROR',
  ]
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && codes.includes(at.code)) return true
  }
  return false
}
