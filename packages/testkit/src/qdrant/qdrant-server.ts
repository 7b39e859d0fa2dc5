import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { onTestFinished } from '../on-test-finished.ts'
import { ownPort } from '../own-port.ts'
import {
  answerQdrantRequest,
  QdrantRejection,
  type QdrantRequest,
  type QdrantState,
} from './answer-qdrant-request.ts'
import { openRequestShapes } from './request-shapes.ts'

export interface QdrantServer {
  url: string
  /** Every request, including refused ones. */
  requests: QdrantRequest[]
  /** Names of all collections, and the collection of each alias. */
  names(): { collections: string[]; aliases: Record<string, string> }
  /** Number of points in the collection of an alias. */
  points(alias: string): number
  /** Answers the next requests to a path with this status. */
  fail(times: number, status: number, headers?: Record<string, string>): void
  /** Accepts no connections until `up`; stored data are kept. */
  down(): Promise<void>
  up(): Promise<void>
}

/**
 * A server that behaves like Qdrant 1.19 for the requests of Capstan, over real HTTP. Bodies are checked
 * against Qdrant's OpenAPI document if CAPSTAN_QDRANT_SPEC names it. It is closed with the test.
 */
export async function testQdrant(specPath?: string, apiKey?: string): Promise<QdrantServer> {
  const state: QdrantState = {
    collections: new Map(),
    aliases: new Map(),
    check: await openRequestShapes(specPath),
  }
  const requests: QdrantRequest[] = []
  const failures: { status: number; headers: Record<string, string> }[] = []
  let server: Server | undefined
  const port = await ownPort()
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = await read(request)
    requests.push(asked)
    const failure = failures.shift()
    if (apiKey !== undefined && request.headers['api-key'] !== apiKey) {
      return send(response, 401, 'Must provide an API key or an Authorization bearer token')
    }
    if (failure) return send(response, failure.status, 'a fault was asked for', failure.headers)
    try {
      const result = answerQdrantRequest(state, asked)
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ result, status: 'ok', time: 0 }))
    } catch (error) {
      if (!(error instanceof QdrantRejection)) throw error
      send(response, error.status, error.message)
    }
  }
  const up = async (): Promise<void> => {
    server = createServer((request, response) => void answer(request, response))
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const down = async (): Promise<void> => {
    if (!server) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    server = undefined
    await closed
  }
  await up()
  onTestFinished(down)
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    names: () => ({
      collections: [...state.collections.keys()],
      aliases: Object.fromEntries(state.aliases),
    }),
    points: (alias) => state.collections.get(state.aliases.get(alias) ?? '')?.points.size ?? 0,
    fail: (times, status, headers = {}) => {
      for (let n = 0; n < times; n += 1) failures.push({ status, headers })
    },
    down,
    up,
  }
}

async function read(request: IncomingMessage): Promise<QdrantRequest> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const hasBody = request.method !== 'GET' && request.method !== 'DELETE'
  const body: unknown = hasBody ? await json(request) : {}
  return {
    method: request.method ?? '',
    path: url.pathname,
    wait: url.searchParams.get('wait') === 'true',
    body: Object(body),
  }
}

function send(
  response: ServerResponse,
  status: number,
  error: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ status: { error }, time: 0 }))
}
