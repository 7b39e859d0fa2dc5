import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { ActiveFaults } from '../faults.ts'
import { parseAccept, acceptsJson } from './parse-accept.ts'
import type { ClusterExchange } from './cluster-exchange.ts'
import { createFailureReply, type ClusterReply } from './cluster-reply.ts'
import { routeRequest } from './route-request.ts'
import { sendReply } from './send-reply.ts'

export interface ClusterRequestContext extends Pick<ClusterExchange, 'store' | 'watches'> {
  view(): ClusterExchange['view']
  faults: ActiveFaults
  token: string
  anonymous: boolean
}

/** Handles one request like a Kubernetes API server, with faults applied. */
export async function handleClusterRequest(
  context: ClusterRequestContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { faults } = context
  const path = request.url ?? '/'
  const slow = faults.take(faults.set.slow, path)
  if (slow) await wait(slow.delayMs, undefined, { ref: false })
  const exchange = {
    request,
    response,
    view: context.view(),
    store: context.store,
    watches: context.watches,
    faults: faults.set,
    url: new URL(path, 'http://cluster'),
    accepted: parseAccept(request.headers.accept),
  }
  const reply = findRejection(context, exchange) ?? routeRequest(exchange)
  if (!reply) return
  const isCut = reply.status === 200 && faults.take(faults.set.cutBody, path) !== undefined
  await sendReply(request, response, reply, isCut)
}

function findRejection(
  context: ClusterRequestContext,
  exchange: ClusterExchange,
): ClusterReply | undefined {
  const { faults } = context
  const { request, accepted } = exchange
  const path = request.url ?? '/'
  if (faults.set.unauthorized || !isAuthorized(context, request)) {
    return createFailureReply(401, 'Unauthorized', 'Unauthorized')
  }
  const throttle = faults.take(faults.set.tooManyRequests, path)
  if (throttle) return createThrottledReply(throttle.retryAfterSeconds)
  const failing = faults.take(faults.set.failing, path)
  if (failing) return createFailureReply(failing.status, 'InternalError', 'an error on the server')
  if (acceptsJson(accepted) || accepted.some(({ type }) => type === 'application/json'))
    return undefined
  return createFailureReply(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json',
  )
}

function isAuthorized(
  { token, anonymous }: ClusterRequestContext,
  { headers }: IncomingMessage,
): boolean {
  if (headers.authorization === undefined) return anonymous
  return headers.authorization === `Bearer ${token}`
}

function createThrottledReply(seconds: number): ClusterReply {
  const reply = createFailureReply(
    429,
    'TooManyRequests',
    'the server has received too many requests',
  )
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(seconds) } }
}
