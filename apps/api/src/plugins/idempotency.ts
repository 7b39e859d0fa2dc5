import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '@capstan/shared/errors'
import { createScanId } from '@capstan/shared/scan-id'
import type { App } from '../app-types.ts'
import type { IdempotencyStore } from '../idempotency/idempotency-store.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route honours Idempotency-Key. */
    idempotent?: boolean
  }
  interface FastifyRequest {
    /** Id for the scan that this request may start. */
    scanId: string
    /** Set while this request owns an Idempotency-Key. */
    idempotency: { scope: string; key: string; body: unknown } | null
  }
}

const REPLAYED_HEADERS = ['content-type', 'location', 'retry-after', 'etag']
const SANE_KEY = /^[\x21-\x7e]{1,255}$/

/** Routes with `idempotent` answer a repeated key as they did the first time. */
export function installIdempotency(app: App, store: IdempotencyStore): void {
  app.decorateRequest('scanId', '')
  app.decorateRequest('idempotency', null)
  app.addHook('preHandler', async (request, reply) => {
    request.scanId = createScanId()
    const key = request.headers['idempotency-key']
    if (key === undefined || request.routeOptions.config.idempotent !== true) return
    await take(store, request, reply, String(key))
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const owned = request.idempotency
    if (!owned) return payload
    request.idempotency = null
    const { scope, key, body } = owned
    // An error is not an answer: the caller mends the request, or tries again, under the same key.
    if (reply.statusCode >= 400) await store.forget(scope, key).catch(() => undefined)
    else await store.finish(scope, key, body, snapshotOf(reply, String(payload)))
    return payload
  })
}

async function take(
  store: IdempotencyStore,
  request: FastifyRequest,
  reply: FastifyReply,
  key: string,
): Promise<void> {
  if (!SANE_KEY.test(key)) throw badKey()
  const scope = `${request.principal?.name} ${request.method} ${request.routeOptions.url}`
  const begun = await store.begin(scope, key, request.body, request.scanId)
  if (begun.outcome === 'new') {
    request.scanId = begun.scanId
    request.idempotency = { scope, key, body: request.body }
    return
  }
  if (begun.outcome === 'mismatch') throw mismatch()
  if (begun.outcome === 'busy') throw inProgress(begun.retryAfterMs)
  const { status, headers, body } = begun.answer
  await reply
    .code(status)
    .headers({ ...headers, 'idempotency-replayed': 'true' })
    .serializer((text: unknown) => String(text))
    .send(body)
}

function snapshotOf(reply: FastifyReply, body: string) {
  const headers = REPLAYED_HEADERS.flatMap((name) => {
    const value = reply.getHeader(name)
    return value === undefined ? [] : [[name, String(value)] as const]
  })
  return { status: reply.statusCode, headers: Object.fromEntries(headers), body }
}

function badKey(): AppError {
  return new AppError('VALIDATION', 'The Idempotency-Key is not usable', {
    hint: 'Use 1 to 255 visible ASCII characters, such as a UUID.',
  })
}

function mismatch(): AppError {
  return new AppError('IDEMPOTENCY_MISMATCH', 'This Idempotency-Key was used with another body', {
    hint: 'Use a new key for a new request.',
  })
}

function inProgress(retryAfterMs: number): AppError {
  return new AppError('IDEMPOTENCY_IN_PROGRESS', 'A request with this Idempotency-Key is running', {
    hint: 'Wait, then send it again to get its answer.',
    retryable: true,
    // It is usually over within a second; the lease is for processes that died.
    retryAfterMs: Math.min(retryAfterMs, 2_000),
  })
}
