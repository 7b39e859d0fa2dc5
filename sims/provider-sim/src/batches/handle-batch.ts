import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SimState } from '../call/sim-state.ts'
import type { FaultKind } from '../config/fault-config.ts'
import { doorError, servedError } from '../faults/error-of-fault.ts'
import { readBody } from '../read-body.ts'
import { anthropic } from '../wires/anthropic.ts'
import { openAi } from '../wires/openai.ts'
import { keyOf, type ErrorKind, type Vendor } from '../wires/wire.ts'
import { anthropicBatches } from './anthropic-batches.ts'
import type { BatchAction, BatchEndpoint, BatchExchange, BatchReply } from './batch-exchange.ts'
import { openAiBatches } from './openai-batches.ts'
import { openAiFiles } from './openai-files.ts'

const VENDORS: [Vendor, BatchEndpoint[]][] = [
  [anthropic, anthropicBatches],
  [openAi, [...openAiBatches, ...openAiFiles]],
]

export interface BatchRoute {
  vendor: Vendor
  endpoint: BatchEndpoint
  id: string
}

/** The batch or file endpoint that a request is for, if it is for one. */
export function batchRoute(request: IncomingMessage, url: URL): BatchRoute | undefined {
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

/** Answers a request to a batch or file endpoint, or fails it as planned. */
export async function handleBatch(
  { state, request, response, url, requestId }: Asking,
  { vendor, endpoint, id }: BatchRoute,
): Promise<void> {
  const fail = (kind: ErrorKind): void => {
    const { status, body } = vendor.error(kind, { requestId })
    response.writeHead(status, jsonHeaders(vendor, requestId))
    response.end(JSON.stringify(body))
  }
  const text = await readBody(request)
  const account = state.accounts.nameOf(keyOf(request.headers))
  if (account === undefined) return fail('auth')
  const fault = pickFault(state, account, endpoint.action)
  const failure = doorError(fault) ?? servedError(fault)
  if (failure) return fail(failure)
  const reply = await replyOf(endpoint, { state, account, request, url, text }, id)
  // Done, and nobody is told.
  if (fault === 'reset') {
    response.destroy()
    return undefined
  }
  if (fault === 'hang-before-headers') return undefined
  if (reply === 'missing') return fail('not-found')
  if (reply === 'invalid') return fail('invalid')
  send(response, reply, jsonHeaders(vendor, requestId))
  return undefined
}

function pickFault(state: SimState, account: string, action: BatchAction): FaultKind | undefined {
  const nowMs = state.clock.nowMs()
  const target = { account, model: '', definition: action, attempt: 1, nowMs }
  return state.batchFaults.pick(target)?.kind
}

async function replyOf(
  endpoint: BatchEndpoint,
  exchange: BatchExchange,
  id: string,
): Promise<BatchReply | 'invalid'> {
  try {
    return await endpoint.reply(exchange, id)
  } catch {
    return 'invalid'
  }
}

function jsonHeaders(vendor: Vendor, requestId: string): Record<string, string> {
  return { 'content-type': 'application/json', ...vendor.headers(requestId, [], Date.now()) }
}

function send(
  response: ServerResponse,
  reply: Exclude<BatchReply, string>,
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
