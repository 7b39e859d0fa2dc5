import { sleep } from '@capstan/shared/async/sleep'
import { QdrantClient } from '@qdrant/js-client-rest'
import { z } from 'zod'
import { findProxyError } from '@capstan/shared/http/find-network-hint'
import { maskUrl } from '@capstan/shared/http/mask-url'
import { QdrantUnavailableError, QdrantRejectedError } from './qdrant-errors.ts'

export interface QdrantSettings {
  /** http(s)://host[:port][/path] */
  url: string
  apiKey?: string | undefined
  /** Longest one request may take. */
  timeoutMs?: number | undefined
}

/** One Qdrant server. Only this file knows what its client gets wrong. */
export interface QdrantConnection {
  /** Makes the call, and again when that can help. Rejects with QdrantAway or QdrantRefused. */
  call<T>(what: string, run: (client: QdrantClient) => Promise<T>): Promise<T>
}

const TIMEOUT_MS = 10_000
/** Two repetitions span a restart of the network; a longer outage is for the caller to wait out. */
const PAUSES_MS = [150, 600]
const LONGEST_ASKED_MS = 2_000
const RETRYABLE = new Set([408, 429, 500, 502, 503, 504, 507])

export function openQdrantConnection({ url, apiKey, timeoutMs }: QdrantSettings): QdrantConnection {
  const client = new QdrantClient({
    ...addressOf(url),
    timeout: timeoutMs ?? TIMEOUT_MS,
    // Set as a header, because the client prints a warning when a key goes to a server inside a private network.
    ...(apiKey ? { headers: { 'api-key': apiKey } } : {}),
    // It asks in the constructor and prints to the console.
    checkCompatibility: false,
  })
  sendLikeProcess(client)
  return {
    call: async (what, run) => {
      for (const pauseMs of [...PAUSES_MS, undefined]) {
        try {
          return await run(client)
        } catch (error) {
          const failure = readFailure(error)
          if (failure.status !== undefined && !RETRYABLE.has(failure.status)) {
            const message = `Qdrant refused ${what} (${failure.status}): ${failure.reason}`
            throw new QdrantRejectedError(failure.status, message, { cause: error })
          }
          const longest = failure.askedMs > LONGEST_ASKED_MS
          if (pauseMs === undefined || longest) {
            throw new QdrantUnavailableError(`Qdrant does not answer ${what}: ${failure.reason}`, {
              cause: error,
            })
          }
          await sleep(Math.max(pauseMs, failure.askedMs) * (1 + Math.random() / 4))
        }
      }
      throw new QdrantUnavailableError(`Qdrant does not answer ${what}`)
    },
  }
}

/**
 * Lets the client send as the rest of this process does, and follow no redirect: its own dispatcher knows no proxy, and a
 * redirect would take the key and the catalog to a server that no setting names. The client has no option for either, but
 * its operations take options of `fetch`; the methods of the client that call them pass none.
 */
function sendLikeProcess(client: QdrantClient): void {
  const operations = client.api()
  const options = { dispatcher: undefined, redirect: 'manual' }
  for (const [name, send] of Object.entries(operations)) {
    const sendByProcess = (payload: unknown): unknown =>
      Reflect.apply(send, undefined, [payload, options])
    Object.assign(operations, { [name]: sendByProcess })
  }
}

/** Given a `url`, the client drops its path, and takes port 6333 when the port is the scheme's own. */
function addressOf(text: string) {
  const url = new URL(text)
  const isHttps = url.protocol === 'https:'
  const given = url.port === '' ? undefined : Number(url.port)
  const prefix = url.pathname.replace(/\/+$/, '')
  return {
    host: url.hostname,
    https: isHttps,
    // Without a port: the one of the scheme behind TLS, as a proxy has it; Qdrant's own otherwise.
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
  askedMs: number
}

function readFailure(error: unknown): Failure {
  const http = HttpFailure.safeParse(error).data
  if (http) {
    const reason = http.data?.status.error.slice(0, 300) ?? readRedirect(http) ?? 'no reason given'
    return { status: http.status, reason, askedMs: askedMs(http.headers?.get('retry-after')) }
  }
  // Of `Retry-After: 30` the client keeps the 3: a lower bound at best.
  const exhausted = z.object({ retry_after: z.number() }).safeParse(error).data
  if (exhausted) {
    return { status: 429, reason: 'too many requests', askedMs: exhausted.retry_after * 1_000 || 0 }
  }
  return { reason: networkReason(error), askedMs: 0 }
}

function readRedirect({ status, headers }: z.infer<typeof HttpFailure>): string | undefined {
  const location = headers?.get('location')
  if (status < 300 || status >= 400 || !location) return undefined
  const target = URL.canParse(location) ? maskUrl(location) : 'another path'
  return `it redirects to ${target}, and redirects are not followed. Set QDRANT_URL to the final URL`
}

function askedMs(header: string | null | undefined): number {
  if (!header) return 0
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}

/** `fetch failed` says nothing; the code below it does. */
function networkReason(error: unknown): string {
  const atProxy = findProxyError(error)
  if (atProxy) return `${atProxy.message}. ${atProxy.hint}`
  const caused = z.object({ cause: z.object({ code: z.string() }) }).safeParse(error).data
  if (caused) return caused.cause.code
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown error'
}
