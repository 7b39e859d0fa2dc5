import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { listenForTest } from '@capstan/testkit/listen-for-test'

/** A request that the API server received. */
export interface SeenCall {
  path: string
  authorization: string | undefined
  /** Lines of all headers that begin with `impersonate-`, in the order sent. */
  impersonation: [name: string, value: string][]
  /** Common name of the client certificate. */
  client: string | undefined
  /** Name that the client asked for in TLS. */
  servername: string | undefined
}

export interface ApiServer {
  url: string
  port: number
  calls: SeenCall[]
}

const GROUPS = { kind: 'APIGroupList', groups: [] }
const VERSIONS = { kind: 'APIVersions', versions: [] }

/**
 * An API server without a type, which records how each request authenticates. `accepts` decides by the header
 * Authorization; any is accepted without it. Ends with the test.
 */
export async function startApiServer({
  accepts = () => true,
  tls,
}: {
  accepts?: (authorization: string | undefined) => boolean
  tls?: ServerOptions
} = {}): Promise<ApiServer> {
  const calls: SeenCall[] = []
  const listener: RequestListener = (request, response) => {
    calls.push(seenCall(request))
    const status = accepts(request.headers.authorization) ? 200 : 401
    const body = request.url === '/api' ? VERSIONS : GROUPS
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  const server = tls ? createTlsServer(tls, listener) : createServer(listener)
  const { url } = await listenForTest(server)
  const { port } = new URL(url)
  return { url: tls ? url.replace('http', 'https') : url, port: Number(port), calls }
}

function seenCall({ url = '', headers, rawHeaders, socket }: IncomingMessage): SeenCall {
  const names = rawHeaders.filter((_, index) => index % 2 === 0)
  const lines = names.map((name, index): [string, string] => [
    name.toLowerCase(),
    rawHeaders[index * 2 + 1] ?? '',
  ])
  const { getPeerCertificate, servername } = socket as Partial<TLSSocket> // Only of a TLS server.
  return {
    path: url,
    authorization: headers.authorization,
    impersonation: lines.filter(([name]) => name.startsWith('impersonate-')),
    client: String(getPeerCertificate?.call(socket)?.subject?.CN ?? '') || undefined,
    servername: servername || undefined,
  }
}
