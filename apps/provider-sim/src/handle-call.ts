import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { fencedDefinition } from '@capstan/llm/demo/fenced-definition'
import type { AccountLimits, LimitView } from './account-limits.ts'
import { anthropicWire } from './anthropic-wire.ts'
import { drawLatencyMs } from './draw.ts'
import { openAiChatWire, openAiResponsesWire } from './openai-wire.ts'
import type { FaultPicker } from './pick-fault.ts'
import type { FaultKind, SimConfig } from './sim-config.ts'
import { speak } from './speak.ts'
import { keyOf, type Asked, type ErrorKind, type Wire } from './wire.ts'

/** One call as the simulator saw it. */
export interface CallRecord {
  n: number
  arrivedMs: number
  endedMs: number | null
  /** First line of the definition: says which type was asked about. */
  subject: string
  latencyMs: number
  verdict: 'pending' | 'answered' | 'rate-limited' | 'refused' | 'fault' | 'aborted'
  fault: FaultKind | undefined
  inFlight: number
}

export interface SimState {
  config: SimConfig
  limits: AccountLimits
  faults: FaultPicker
  seenPrompts: Set<string>
  calls: CallRecord[]
  inFlight: number
  maxInFlight: number
}

interface Exchange {
  wire: Wire
  response: ServerResponse
  requestId: string
  view: LimitView | undefined
}

const WIRES = new Map(
  [anthropicWire, openAiChatWire, openAiResponsesWire].map((wire) => [wire.path, wire]),
)

const ERROR_FAULTS: Partial<Record<FaultKind, [ErrorKind, string]>> = {
  overloaded: ['overloaded', 'Overloaded'],
  'server-error': ['server', 'Internal server error'],
  quota: ['quota', 'Your credit balance is too low'],
}

/** Answers one request: key, format, limits, latency, then the answer or the fault. */
export async function handleCall(
  current: () => SimState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const state = current()
  const exchange: Exchange = {
    wire: WIRES.get(request.url ?? '') ?? anthropicWire,
    response,
    requestId: randomBytes(12).toString('hex'),
    view: undefined,
  }
  if (request.method !== 'POST' || !WIRES.has(request.url ?? '')) {
    sendJson(exchange, 404, { error: { type: 'not_found_error', message: 'no such path' } })
    return
  }
  const key = keyOf(request.headers)
  let asked: Asked
  try {
    asked = exchange.wire.read(JSON.parse(await readBody(request)))
  } catch {
    sendError(exchange, 'invalid', 'The request body does not have the expected form')
    return
  }
  if (key === '' || (state.config.keys.length > 0 && !state.config.keys.includes(key))) {
    // A real provider echoes part of the key; so do we, to prove that it is scrubbed.
    sendError(exchange, 'auth', `Incorrect API key provided: ${key}`)
    return
  }
  await serve(state, exchange, key, asked)
}

async function serve(
  state: SimState,
  exchange: Exchange,
  key: string,
  asked: Asked,
): Promise<void> {
  const definition = fencedDefinition(asked.user)
  const call: CallRecord = {
    n: state.calls.length + 1,
    arrivedMs: Date.now(),
    endedMs: null,
    subject: definition.split('\n', 1)[0] ?? '',
    latencyMs: drawLatencyMs(state.config, definition),
    verdict: 'pending',
    fault: state.faults.pick(definition, state.calls.length + 1),
    inFlight: state.inFlight + 1,
  }
  state.calls.push(call)
  const tokens = Math.ceil((asked.system.length + asked.user.length) / state.config.charsPerToken)
  const verdict = state.limits.admit(key, tokens, call.arrivedMs)
  exchange.view = verdict.view
  if (!verdict.admitted) {
    call.verdict = 'rate-limited'
    call.endedMs = Date.now()
    exchange.response.setHeader('retry-after', Math.ceil(verdict.retryAfterMs / 1000))
    sendError(exchange, 'rate', 'This request would exceed your rate limit')
    return
  }
  state.inFlight += 1
  state.maxInFlight = Math.max(state.maxInFlight, state.inFlight)
  exchange.response.once('close', () => {
    state.inFlight -= 1
    call.endedMs = Date.now()
    if (call.verdict === 'pending') call.verdict = 'aborted'
  })
  await wait(call.latencyMs)
  if (!exchange.response.destroyed) finish(state, exchange, call, asked)
}

function finish(state: SimState, exchange: Exchange, call: CallRecord, asked: Asked): void {
  const { fault } = call
  const error = fault && ERROR_FAULTS[fault]
  if (error) {
    call.verdict = 'fault'
    sendError(exchange, ...error)
    return
  }
  const said = speak(state, asked, exchange.requestId, fault)
  const body = JSON.stringify(exchange.wire.answer(said))
  call.verdict = 'answered'
  switch (fault) {
    case 'hang-before-headers':
      call.verdict = 'pending'
      return
    case 'hang-in-body':
      call.verdict = 'pending'
      sendHead(exchange, 200, body.length)
      exchange.response.write(body.slice(0, 10))
      return
    case 'reset':
      call.verdict = 'fault'
      exchange.response.destroy()
      return
    case 'broken-body':
      call.verdict = 'fault'
      sendHead(exchange, 200)
      exchange.response.end(body.slice(0, body.length / 2))
      return
    case 'html-error':
      call.verdict = 'fault'
      exchange.response.writeHead(502, { 'content-type': 'text/html' })
      exchange.response.end('<html><body><h1>502 Bad Gateway</h1></body></html>')
      return
    case undefined:
    default:
      sendHead(exchange, 200)
      exchange.response.end(body)
  }
}

function sendError(exchange: Exchange, kind: ErrorKind, message: string): void {
  const { status, body } = exchange.wire.error(kind, message)
  sendJson(exchange, status, body)
}

function sendJson(exchange: Exchange, status: number, body: unknown): void {
  sendHead(exchange, status)
  exchange.response.end(JSON.stringify(body))
}

function sendHead(
  { wire, response, requestId, view }: Exchange,
  status: number,
  length?: number,
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(length === undefined ? {} : { 'content-length': length }),
    ...wire.headers(requestId, view, Date.now()),
  })
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array)) // no encoding is set
  return Buffer.concat(chunks).toString()
}
