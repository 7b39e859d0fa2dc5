import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from '@capstan/testkit/on-test-finished'

/** A response: an object or a list is sent as JSON, a string unchanged. */
export interface Scripted {
  status?: number
  headers?: Record<string, string>
  body?: unknown
}

export interface ScriptedServer {
  url: string
  /** Paths of the requests, in order. */
  paths: string[]
}

/** Starts a server with scripted responses. Closed at the end of the test. */
export async function scriptedServer(
  script: Scripted | ((request: IncomingMessage) => Scripted),
): Promise<ScriptedServer> {
  const paths: string[] = []
  const server = createServer((request, response) => {
    request.resume()
    paths.push(request.url ?? '')
    const {
      status = 200,
      headers = {},
      body,
    } = typeof script === 'function' ? script(request) : script
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(isRaw || body === undefined ? body : JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  return { url: `http://127.0.0.1:${port}`, paths }
}
