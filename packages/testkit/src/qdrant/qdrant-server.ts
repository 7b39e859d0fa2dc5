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
  /** Answers no request to a path that ends so, until the returned function is called. */
  hang(pathEnd?: string): () => void
  /** Accepts no connections until `up`; stored data are kept. */
  down(): Promise<void>
  up(): Promise<void>
}

interface QdrantServerOptions {
  specPath?: string | undefined
  /** Requests without it are refused. */
  apiKey?: string
  version?: string
}

/**
 * A server that behaves like Qdrant 1.19 for the requests of Capstan, over real HTTP. Bodies are checked
 * against Qdrant's OpenAPI document if CAPSTAN_QDRANT_SPEC names it. It is closed with the test.
 */
export async function testQdrant({
  specPath,
  apiKey,
  version = '1.19.0',
}: QdrantServerOptions = {}): Promise<QdrantServer> {
  const state: QdrantState = {
    collections: new Map(),
    aliases: new Map(),
    check: await openRequestShapes(specPath),
  }
  const requests: QdrantRequest[] = []
  const failures: { status: number; headers: Record<string, string> }[] = []
  let server: Server | undefined
  let pause = { pathEnd: '', over: Promise.resolve() }
  const port = await ownPort()
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = await read(request)
    requests.push(asked)
    const failure = failures.shift()
    if (apiKey !== undefined && request.headers['api-key'] !== apiKey) {
      // Qdrant refuses a key in plain text.
      return void response
        .writeHead(401, { 'content-type': 'text/plain' })
        .end('Must provide an API key or an Authorization bearer token')
    }
    if (asked.path.endsWith(pause.pathEnd)) await pause.over
    if (failure) return send(response, failure.status, 'a fault was asked for', failure.headers)
    if (asked.path === '/') {
      response.setHeader('content-type', 'application/json')
      return void response.end(JSON.stringify({ title: 'qdrant', version }))
    }
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
    hang: (pathEnd = '') => {
      const { promise: over, resolve } = Promise.withResolvers<void>()
      pause = { pathEnd, over }
      return resolve
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
