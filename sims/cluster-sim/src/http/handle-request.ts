import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { ActiveFaults } from '../faults.ts'
import { accepts, takesJson } from './accepts.ts'
import type { Exchange } from './exchange.ts'
import { failure, type Reply } from './reply.ts'
import { route } from './routes.ts'
import { sendReply } from './send-reply.ts'

export interface Handling extends Pick<Exchange, 'store' | 'watches'> {
  view(): Exchange['view']
  faults: ActiveFaults
  token: string
  anonymous: boolean
}

/** Answers one request the way a Kubernetes API server would, faults included. */
export async function handleRequest(
  handling: Handling,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { faults } = handling
  const path = request.url ?? '/'
  const slow = faults.take(faults.set.slow, path)
  if (slow) await wait(slow.delayMs, undefined, { ref: false })
  const exchange = {
    request,
    response,
    view: handling.view(),
    store: handling.store,
    watches: handling.watches,
    faults: faults.set,
    url: new URL(path, 'http://cluster'),
    accepted: accepts(request.headers.accept),
  }
  const reply = rejection(handling, exchange) ?? route(exchange)
  if (!reply) return
  const cut = reply.status === 200 && faults.take(faults.set.cutBody, path) !== undefined
  await sendReply(request, response, reply, cut)
}

function rejection(handling: Handling, exchange: Exchange): Reply | undefined {
  const { faults } = handling
  const { request, accepted } = exchange
  const path = request.url ?? '/'
  if (faults.set.unauthorized || !mayAsk(handling, request)) {
    return failure(401, 'Unauthorized', 'Unauthorized')
  }
  const throttle = faults.take(faults.set.tooManyRequests, path)
  if (throttle) return tooManyRequests(throttle.retryAfterSeconds)
  const failing = faults.take(faults.set.failing, path)
  if (failing) return failure(failing.status, 'InternalError', 'an error on the server')
  if (takesJson(accepted) || accepted.some(({ type }) => type === 'application/json'))
    return undefined
  return failure(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json',
  )
}

function mayAsk({ token, anonymous }: Handling, { headers }: IncomingMessage): boolean {
  if (headers.authorization === undefined) return anonymous
  return headers.authorization === `Bearer ${token}`
}

function tooManyRequests(seconds: number): Reply {
  const reply = failure(429, 'TooManyRequests', 'the server has received too many requests')
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(seconds) } }
}
