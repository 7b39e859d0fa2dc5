import { z } from 'zod'
import { findProxyError } from '@capstan/shared/http/find-network-hint'
import { maskUrl } from '@capstan/shared/http/mask-url'

const HttpFailure = z.object({
  status: z.int(),
  data: z.unknown(),
  headers: z.instanceof(Headers).optional().catch(undefined),
})
type HttpFailure = z.infer<typeof HttpFailure>

/** Most errors. A refused key has a text instead, and so have the errors of a gateway. */
const ErrorBody = z.object({ status: z.object({ error: z.string() }) })
const MAX_REASON = 300

/** An error of the client library, in the terms of a caller. */
export interface Failure {
  /** Undefined if there was no response. */
  status?: number
  /** Contains no secret. */
  reason: string
  /** 0 if the server requests no wait. */
  retryAfterMs: number
}

export function readFailure(error: unknown): Failure {
  const http = HttpFailure.safeParse(error).data
  if (http) {
    return {
      status: http.status,
      reason: readReason(http),
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

function readReason(failure: HttpFailure): string {
  const reason = readBody(failure.data) ?? readRedirect(failure) ?? 'no reason given'
  const isKeyRefused = failure.status === 401 || /^(Invalid API key|Forbidden)/.test(reason)
  return isKeyRefused ? `${reason}. Check QDRANT_API_KEY` : reason
}

function readBody(data: unknown): string | undefined {
  const fromQdrant = ErrorBody.safeParse(data).data?.status.error
  if (fromQdrant !== undefined) return fromQdrant.slice(0, MAX_REASON)
  // The text of a page is no reason.
  if (typeof data !== 'string' || data.trimStart().startsWith('<')) return undefined
  return data.trim().slice(0, MAX_REASON) || undefined
}

function readRedirect({ status, headers }: HttpFailure): string | undefined {
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
