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
  /** 200, 304, 403, 404 or 410; everything else is thrown. */
  status: number
  contentType: string
  etag: string | undefined
  /** Unpacked; empty but for 200. Parsed elsewhere, mostly in another thread. */
  body: Uint8Array
}

export interface GetOptions {
  accept?: string
  /** Of the answer the caller has; 304 then means it is still right. */
  etag?: string | undefined
}

/** GETs definitions of one API server, never anything else. */
export interface KubeClient {
  /**
   * At most eight at a time. Throws AppError CLUSTER_UNREACHABLE, CLUSTER_FORBIDDEN (credentials refused) or
   * CLUSTER_MISCONFIGURED, or the signal's reason.
   */
  get(path: string, signal: AbortSignal, asking?: GetOptions): Promise<KubeReply>
  /** An answer as it comes, for watches: no lane, no second try. Throws when there is none. */
  stream(path: string, signal: AbortSignal, accept: string): Promise<KubeStream>
  /** Where its requests go. Throws what opening the credentials throws. */
  address(): Promise<ServerAddress>
  close(): Promise<void>
}

export interface KubeStream {
  status: number
  /** Empty unless the status is 200. */
  body: AsyncIterable<Uint8Array>
}

/** More strain the API server for no gain. */
const PARALLEL = 8
/** For one try. A page of a hundred large CRDs takes a second or two on a busy server. */
const TRY_MS = 30_000
const MAX_TRIES = 5
/** An API server asks for one second; longer than this is no wait for somebody who wants a scan to start. */
const MAX_WAIT_MS = 10_000
const MAX_REDIRECTS = 3

/** A raw client: the Kubernetes library only authenticates, as its typed models rename members of schemas. */
export function createKubeClient(openAuth: () => Promise<KubeAuth>): KubeClient {
  let auth: Promise<KubeAuth> | undefined
  const inLane = createConcurrencyLimit(PARALLEL)
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
    // Other requests that got a 401 may have replaced it already.
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
    get: (path, signal, asking = {}) =>
      inLane(() => authorized(path, (from) => getPatiently(from, path, signal, asking)), signal),
    stream: (path, signal, accept) =>
      authorized(path, (from) => streamOf(from, path, signal, accept)),
    close: async () => {
      await (await auth?.catch(() => undefined))?.close()
    },
  }
}

/**
 * Sends a request, and once more with credentials read again when the server answers 401: tokens are rotated in files, by
 * plugins, and by logins that write the kubeconfig. Throws CLUSTER_FORBIDDEN when it answers 401 again.
 */
type Authorized = <T>(
  path: string,
  send: (auth: KubeAuth) => Promise<T | 'unauthorized'>,
) => Promise<T>

async function streamOf(
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

async function getPatiently(
  auth: KubeAuth,
  path: string,
  signal: AbortSignal,
  asking: GetOptions,
): Promise<KubeReply | 'unauthorized'> {
  for (let tries = 1; ; tries++) {
    const waitMs = await tryOnce(auth, path, signal, asking).catch((error: unknown) => {
      signal.throwIfAborted()
      if (error instanceof AppError) throw error
      // A connection that broke in the middle of an answer is worth another try; one that was never made is not.
      if (tries < MAX_TRIES && isBroken(error)) return 100 * tries
      throw unreachableClusterError(auth.server, error)
    })
    if (typeof waitMs !== 'number') return waitMs
    if (tries >= MAX_TRIES || waitMs > MAX_WAIT_MS) throw statusError(path, 'busy', waitMs)
    await wait(waitMs, undefined, { signal })
  }
}

/** The reply, or how long to wait before the next try. */
async function tryOnce(
  auth: KubeAuth,
  path: string,
  signal: AbortSignal,
  { accept = 'application/json', etag }: GetOptions,
): Promise<KubeReply | number | 'unauthorized'> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(TRY_MS)])
  const { headers, dispatcher } = await withAbort(auth.authorize(), deadline)
  const ask = (at: string): Promise<Response> =>
    fetch(auth.server + at, {
      headers: { ...headers, accept, ...(etag ? { 'if-none-match': etag } : {}) },
      dispatcher,
      signal: deadline,
      redirect: 'manual',
    })
  const response = await followRedirects(ask, await ask(path), auth.server)
  const { status } = response
  if (status === 200) return replyOf(response, await readResponseBody(response, path))
  await response.body?.cancel()
  if (isBusy(response)) return waitMsOf(response)
  if (status === 401) return 'unauthorized'
  if ([304, 403, 404, 410].includes(status)) return replyOf(response, new Uint8Array())
  throw statusError(path, status)
}

/** OpenAPI documents redirect to the URL of their newest content. Never to another server or path. */
async function followRedirects(
  ask: (path: string) => Promise<Response>,
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
    const path = target && pathOn(server, target)
    if (path === undefined || path === null || !isDefinitionPath(path)) return response
    await response.body?.cancel()
    response = await ask(path)
  }
  return response
}

/** The path below the server's own prefix; undefined when the URL leads elsewhere. */
function pathOn(server: string, target: URL): string | undefined {
  const home = new URL(server)
  if (target.origin !== home.origin) return undefined
  const prefix = home.pathname.replace(/\/$/, '')
  const path = target.pathname + target.search
  return prefix !== '' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path
}

function replyOf({ status, headers }: Response, body: Uint8Array): KubeReply {
  const contentType = headers.get('content-type') ?? ''
  return { status, contentType, etag: headers.get('etag') ?? undefined, body }
}

/** Without Retry-After, 503 is what the server says for an API service that is down. */
function isBusy({ status, headers }: Response): boolean {
  return status === 429 || (status === 503 && headers.has('retry-after'))
}

/** Retry-After in seconds or as a date; a second when there is none. */
function waitMsOf({ headers }: Response): number {
  const text = headers.get('retry-after') ?? '1'
  const seconds = Number(text)
  const waitMs = Number.isNaN(seconds) ? Date.parse(text) - Date.now() : seconds * 1000
  return Number.isNaN(waitMs) ? 1000 : Math.max(50, waitMs)
}

function isBroken(error: unknown): boolean {
  const codes = [
    'UND_ERR_SOCKET',
    'ECONNRESET',
    'EPIPE',
    'ERR_STREAM_PREMATURE_CLOSE',
    'Z_BUF_ERROR',
  ]
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as Error & { code?: unknown } // Node gives its errors a code that the type lacks
    if (typeof code === 'string' && codes.includes(code)) return true
  }
  return false
}
