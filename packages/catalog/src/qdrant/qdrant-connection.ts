import { sleep } from '@capstan/shared/async/sleep'
import { QdrantClient } from '@qdrant/js-client-rest'
import { z } from 'zod'
import { findProxyError } from '@capstan/shared/http/find-network-hint'
import { maskUrl } from '@capstan/shared/http/mask-url'
import { QdrantUnavailableError, QdrantRejectedError } from './qdrant-errors.ts'

export interface QdrantSettings {
  /** `http(s)://host[:port][/path]` */
  url: string
  apiKey?: string | undefined
  /** Timeout of one request. */
  timeoutMs?: number | undefined
}

/** A connection to one Qdrant server, with workarounds for faults of its client. */
export interface QdrantConnection {
  /** Makes a call, with retries. `what` names it in errors. Rejects with QdrantUnavailableError or QdrantRejectedError. */
  call<T>(what: string, run: (client: QdrantClient) => Promise<T>): Promise<T>
}

const TIMEOUT_MS = 10_000
/** Delays before the two retries. They cover a short network fault; the caller handles longer outages. */
const RETRY_DELAYS_MS = [150, 600]
/** A longer `Retry-After` is not waited for. */
const MAX_RETRY_AFTER_MS = 2_000
const RETRYABLE = new Set([408, 429, 500, 502, 503, 504, 507])

export function openQdrantConnection({ url, apiKey, timeoutMs }: QdrantSettings): QdrantConnection {
  const client = new QdrantClient({
    ...parseAddress(url),
    timeout: timeoutMs ?? TIMEOUT_MS,
    // A header instead of the client's option, which prints a warning for http URLs of private networks.
    ...(apiKey ? { headers: { 'api-key': apiKey } } : {}),
    // The check sends a request from the constructor and prints to the console.
    checkCompatibility: false,
  })
  useProcessDispatcher(client)
  return {
    call: async (what, run) => {
      for (const delayMs of [...RETRY_DELAYS_MS, undefined]) {
        try {
          return await run(client)
        } catch (error) {
          const failure = readFailure(error)
          if (failure.status !== undefined && !RETRYABLE.has(failure.status)) {
            const message = `Qdrant refused ${what} (${failure.status}): ${failure.reason}`
            throw new QdrantRejectedError(failure.status, message, { cause: error })
          }
          const isTooLong = failure.retryAfterMs > MAX_RETRY_AFTER_MS
          if (delayMs === undefined || isTooLong) {
            throw new QdrantUnavailableError(`Qdrant does not answer ${what}: ${failure.reason}`, {
              cause: error,
            })
          }
          await sleep(Math.max(delayMs, failure.retryAfterMs) * (1 + Math.random() / 4))
        }
      }
      throw new QdrantUnavailableError(`Qdrant does not answer ${what}`)
    },
  }
}

/**
 * Makes the client use the dispatcher of this process and follow no redirect. Its own dispatcher ignores the proxy settings,
 * and a redirect would send the key and the catalog to a server that no setting names. The client has no options for
 * this, but its operations accept `fetch` options, which its methods do not pass.
 */
function useProcessDispatcher(client: QdrantClient): void {
  const operations = client.api()
  const options = { dispatcher: undefined, redirect: 'manual' }
  for (const [name, send] of Object.entries(operations)) {
    const sendWithOptions = (payload: unknown): unknown =>
      Reflect.apply(send, undefined, [payload, options])
    Object.assign(operations, { [name]: sendWithOptions })
  }
}

/** Split by hand: given a `url`, the client drops the path, and replaces the default port of the scheme by 6333. */
function parseAddress(text: string) {
  const url = new URL(text)
  const isHttps = url.protocol === 'https:'
  const given = url.port === '' ? undefined : Number(url.port)
  const prefix = url.pathname.replace(/\/+$/, '')
  return {
    host: url.hostname,
    https: isHttps,
    // Default: port 443 for https, as behind a proxy, and Qdrant's own port for http.
    port: given ?? (isHttps ? null : 6333),
    ...(prefix === '' ? {} : { prefix }),
  }
}

const HttpFailure = z.object({
  status: z.int(),
  data: z
    .object({ status: z.object({ error: z.string() }) })
    .optional()
    .catch(undefined),
  headers: z.instanceof(Headers).optional().catch(undefined),
})

interface Failure {
  status?: number
  reason: string
  retryAfterMs: number
}

function readFailure(error: unknown): Failure {
  const http = HttpFailure.safeParse(error).data
  if (http) {
    const reason = http.data?.status.error.slice(0, 300) ?? readRedirect(http) ?? 'no reason given'
    return {
      status: http.status,
      reason,
      retryAfterMs: parseRetryAfter(http.headers?.get('retry-after')),
    }
  }
  // The client keeps only the first digit of `Retry-After: 30`: a lower bound at best.
  const exhausted = z.object({ retry_after: z.number() }).safeParse(error).data
  if (exhausted) {
    return {
      status: 429,
      reason: 'too many requests',
      retryAfterMs: exhausted.retry_after * 1_000 || 0,
    }
  }
  return { reason: describeNetworkError(error), retryAfterMs: 0 }
}

function readRedirect({ status, headers }: z.infer<typeof HttpFailure>): string | undefined {
  const location = headers?.get('location')
  if (status < 300 || status >= 400 || !location) return undefined
  const target = URL.canParse(location) ? maskUrl(location) : 'another path'
  return `it redirects to ${target}, and redirects are not followed. Set QDRANT_URL to the final URL`
}

function parseRetryAfter(header: string | null | undefined): number {
  if (!header) return 0
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}

/** The message is only `fetch failed`; the code of the cause names the fault. */
function describeNetworkError(error: unknown): string {
  const atProxy = findProxyError(error)
  if (atProxy) return `${atProxy.message}. ${atProxy.hint}`
  const caused = z.object({ cause: z.object({ code: z.string() }) }).safeParse(error).data
  if (caused) return caused.cause.code
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown error'
}
