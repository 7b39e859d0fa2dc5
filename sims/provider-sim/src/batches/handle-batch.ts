import type { IncomingMessage, ServerResponse } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import type { SimState } from '../call/sim-state.ts'
import type { FaultKind } from '../config/fault-config.ts'
import { findImmediateError, findLateError } from '../faults/fault-errors.ts'
import { anthropic } from '../wires/anthropic.ts'
import { openAi } from '../wires/openai.ts'
import { readKey, type ErrorKind, type Vendor } from '../wires/wire.ts'
import { anthropicBatchEndpoints } from './anthropic-batches.ts'
import type { BatchAction, BatchEndpoint, BatchExchange, SimBatchReply } from './batch-exchange.ts'
import { openAiBatchEndpoints } from './openai-batches.ts'
import { openAiFileEndpoints } from './openai-files.ts'

const VENDORS: [Vendor, BatchEndpoint[]][] = [
  [anthropic, anthropicBatchEndpoints],
  [openAi, [...openAiBatchEndpoints, ...openAiFileEndpoints]],
]

export interface BatchRoute {
  vendor: Vendor
  endpoint: BatchEndpoint
  id: string
}

/** Finds the batch or file endpoint of a request, if there is one. */
export function findBatchRoute(request: IncomingMessage, url: URL): BatchRoute | undefined {
  for (const [vendor, endpoints] of VENDORS) {
    for (const endpoint of endpoints) {
      const found = request.method === endpoint.method && endpoint.path.exec(url.pathname)
      if (found) return { vendor, endpoint, id: found.groups?.['id'] ?? '' }
    }
  }
  return undefined
}

interface Asking {
  state: SimState
  request: IncomingMessage
  response: ServerResponse
  url: URL
  requestId: string
}

/** Handles a request to a batch or file endpoint, or fails it as configured. */
export async function handleBatch(
  { state, request, response, url, requestId }: Asking,
  { vendor, endpoint, id }: BatchRoute,
): Promise<void> {
  const fail = (kind: ErrorKind): void => {
    const { status, body } = vendor.error(kind, { requestId })
    response.writeHead(status, buildJsonHeaders(vendor, requestId))
    response.end(JSON.stringify(body))
  }
  const text = await readText(request)
  const account = state.accounts.findName(readKey(request.headers))
  if (account === undefined) return fail('auth')
  const fault = pickFault(state, account, endpoint.action)
  const failure = findImmediateError(fault) ?? findLateError(fault)
  if (failure) return fail(failure)
  const reply = await buildReply(endpoint, { state, account, request, url, text }, id)
  // The work is done, but the client gets no response.
  if (fault === 'reset') {
    response.destroy()
    return undefined
  }
  if (fault === 'hang-before-headers') return undefined
  if (reply === 'missing') return fail('not-found')
  if (reply === 'invalid') return fail('invalid')
  send(response, reply, buildJsonHeaders(vendor, requestId))
  return undefined
}

function pickFault(state: SimState, account: string, action: BatchAction): FaultKind | undefined {
  const nowMs = state.clock.nowMs()
  const target = { account, model: '', definition: action, attempt: 1, nowMs }
  return state.batchFaults.pick(target)?.kind
}

async function buildReply(
  endpoint: BatchEndpoint,
  exchange: BatchExchange,
  id: string,
): Promise<SimBatchReply | 'invalid'> {
  try {
    return await endpoint.reply(exchange, id)
  } catch {
    return 'invalid'
  }
}

function buildJsonHeaders(vendor: Vendor, requestId: string): Record<string, string> {
  return { 'content-type': 'application/json', ...vendor.headers(requestId, [], Date.now()) }
}

function send(
  response: ServerResponse,
  reply: Exclude<SimBatchReply, string>,
  headers: Record<string, string>,
): void {
  if ('json' in reply) {
    response.writeHead(200, headers)
    response.end(JSON.stringify(reply.json))
    return
  }
  response.writeHead(200, { ...headers, 'content-type': 'application/octet-stream' })
  response.end(
    'text' in reply ? reply.text : reply.lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  )
}
