import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '@capstan/shared/errors'
import { createScanId } from '@capstan/shared/scan-id'
import type { App } from '../app-types.ts'
import type { IdempotencyStore } from '../idempotency/idempotency-store.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route supports Idempotency-Key. */
    idempotent?: boolean
  }
  interface FastifyRequest {
    /** Id of the scan that this request may start. */
    scanId: string
    /** Set while this request owns an Idempotency-Key. */
    idempotency: { scope: string; key: string; body: unknown } | null
  }
}

const REPLAYED_HEADERS = ['content-type', 'location', 'retry-after', 'etag']
const VALID_KEY = /^[\x21-\x7e]{1,255}$/

/** Replays the first response for a repeated key on routes with `idempotent`. */
export function installIdempotency(app: App, store: IdempotencyStore): void {
  app.decorateRequest('scanId', '')
  app.decorateRequest('idempotency', null)
  app.addHook('preHandler', async (request, reply) => {
    request.scanId = createScanId()
    const key = request.headers['idempotency-key']
    if (key === undefined || request.routeOptions.config.idempotent !== true) return
    await claimKey(store, request, reply, String(key))
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const owned = request.idempotency
    if (!owned) return payload
    request.idempotency = null
    const { scope, key, body } = owned
    // Errors are not stored: the caller may correct and repeat the request with the same key.
    if (reply.statusCode >= 400) await store.forget(scope, key).catch(() => undefined)
    else await store.finish(scope, key, body, snapshotResponse(reply, String(payload)))
    return payload
  })
}

async function claimKey(
  store: IdempotencyStore,
  request: FastifyRequest,
  reply: FastifyReply,
  key: string,
): Promise<void> {
  if (!VALID_KEY.test(key)) throw invalidKeyError()
  const scope = `${request.principal?.id} ${request.method} ${request.routeOptions.url}`
  const result = await store.begin(scope, key, request.body, request.scanId)
  if (result.outcome === 'new') {
    request.scanId = result.scanId
    request.idempotency = { scope, key, body: request.body }
    return
  }
  if (result.outcome === 'mismatch') throw mismatchError()
  if (result.outcome === 'busy') throw inProgressError(result.retryAfterMs)
  const { status, headers, body } = result.answer
  await reply
    .code(status)
    .headers({ ...headers, 'idempotency-replayed': 'true' })
    .serializer((text: unknown) => String(text))
    .send(body)
}

function snapshotResponse(reply: FastifyReply, body: string) {
  const headers = REPLAYED_HEADERS.flatMap((name) => {
    const value = reply.getHeader(name)
    return value === undefined ? [] : [[name, String(value)] as const]
  })
  return { status: reply.statusCode, headers: Object.fromEntries(headers), body }
}

function invalidKeyError(): AppError {
  return new AppError('VALIDATION', 'The Idempotency-Key is invalid', {
    hint: 'Use 1 to 255 visible ASCII characters, such as a UUID.',
  })
}

function mismatchError(): AppError {
  return new AppError('IDEMPOTENCY_MISMATCH', 'This Idempotency-Key was used with another body', {
    hint: 'Use a new key for a new request.',
  })
}

function inProgressError(retryAfterMs: number): AppError {
  return new AppError(
    'IDEMPOTENCY_IN_PROGRESS',
    'A request with this Idempotency-Key is in progress',
    {
      hint: 'Wait, then send it again to get its response.',
      retryable: true,
      // Requests usually take less than a second. The lease is longer and covers processes that died.
      retryAfterMs: Math.min(retryAfterMs, 2_000),
    },
  )
}
