import { sleep } from '@capstan/shared/async/sleep'
import { QdrantClient } from '@qdrant/js-client-rest'
import { z } from 'zod'
import { QdrantUnavailableError, QdrantRejectedError } from './qdrant-errors.ts'
import { readFailure } from './read-failure.ts'

export interface QdrantSettings {
  /** `http(s)://host[:port][/path]` */
  url: string
  apiKey?: string | undefined
  /** Timeout of one request. */
  timeoutMs?: number | undefined
}

/** A connection to one Qdrant server, with workarounds for faults of its client. */
export interface QdrantConnection {
  /**
   * Makes a call, with retries, and parses its result. `what` names it in errors. Rejects with QdrantUnavailableError or
   * QdrantRejectedError.
   */
  call<T>(
    what: string,
    result: z.ZodType<T>,
    run: (client: QdrantClient) => Promise<unknown>,
  ): Promise<T>
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
    call: async (what, result, run) => {
      const { success, data } = result.safeParse(await sendWithRetries(what, () => run(client)))
      if (success) return data
      throw new QdrantRejectedError(200, NOT_QDRANT)
    },
  }
}

async function sendWithRetries(what: string, send: () => Promise<unknown>): Promise<unknown> {
  for (const delayMs of [...RETRY_DELAYS_MS, undefined]) {
    try {
      return await send()
    } catch (error) {
      if (error instanceof QdrantRejectedError) throw error
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
}

const NOT_QDRANT = 'The server at QDRANT_URL does not answer as Qdrant does'

const JsonResponse = z.object({ data: z.looseObject({}) })

/** Only the response to `GET /` has no `result`. */
function hasResult(response: unknown): boolean {
  const { data } = JsonResponse.safeParse(response).data ?? {}
  return data !== undefined && ('result' in data || 'version' in data)
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
    const sendWithOptions = async (payload: unknown): Promise<unknown> => {
      const response: unknown = await Reflect.apply(send, undefined, [payload, options])
      // For any other response, the methods of the client report that a result is "uninitialized".
      if (hasResult(response)) return response
      throw new QdrantRejectedError(200, NOT_QDRANT)
    }
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
