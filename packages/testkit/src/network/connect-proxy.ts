import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from '../on-test-finished.ts'

export interface ConnectProxyOptions {
  /**
   * Local ports by `host:port` of the target. No other target is reachable.
   */
  reaches: Record<string, number>
  /** Required `user:password`. */
  credentials?: string
  /** Status of every response, instead of forwarding. */
  refuses?: number
  /** Certificate of the proxy; clients then reach it by https. */
  tls?: { cert: string; key: string }
}

export interface ConnectProxy {
  /** URL without credentials. */
  url: string
  /** `host:port` */
  address: string
  /** `CONNECT host:port` or `METHOD http://host:port/path` of each forwarded request, in order. */
  passed: string[]
  /** The same for each refused request. */
  refused: string[]
}

/**
 * Starts an HTTP proxy like that of a company network: CONNECT for https, forwarding for http. It is closed when the test
 * ends.
 */
export async function startConnectProxy(options: ConnectProxyOptions): Promise<ConnectProxy> {
  const passed: string[] = []
  const refused: string[] = []
  const sockets = new Set<Duplex>()
  const admit = (line: string, target: string, incoming: IncomingMessage): number | Upstream => {
    const upstream = findUpstream(options, target, incoming)
    ;(typeof upstream === 'number' ? refused : passed).push(line)
    return upstream
  }
  const server = options.tls ? createTlsServer(options.tls) : createServer()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.on('connect', (incoming: IncomingMessage, socket: Duplex) => {
    const target = incoming.url ?? ''
    const upstream = admit(`CONNECT ${target}`, target, incoming)
    if (typeof upstream === 'number') return void socket.end(formatRefusal(upstream))
    const tunnel = connect(upstream.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      tunnel.pipe(socket).pipe(tunnel)
    })
    sockets.add(tunnel)
    for (const end of [socket, tunnel]) end.on('error', () => end.destroy())
  })
  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    const url = URL.parse(incoming.url ?? '')
    const target = `${url?.hostname}:${url?.port || 80}`
    const upstream = admit(`${incoming.method} ${incoming.url}`, target, incoming)
    if (typeof upstream === 'number')
      return void response.writeHead(upstream, CHALLENGE).end('proxy')
    forward(incoming, response, { ...upstream, path: `${url?.pathname}${url?.search}` })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: `${options.tls ? 'https' : 'http'}://${address}`, address, passed, refused }
}

interface Upstream {
  port: number
}

const CHALLENGE = { 'proxy-authenticate': 'Basic realm="proxy"' }

function findUpstream(
  { reaches, credentials, refuses }: ConnectProxyOptions,
  target: string,
  { headers }: IncomingMessage,
): number | Upstream {
  const [, given = ''] = headers['proxy-authorization']?.split(' ') ?? []
  if (credentials !== undefined && Buffer.from(given, 'base64').toString() !== credentials)
    return 407
  const port = reaches[target]
  return refuses ?? (port === undefined ? 502 : { port })
}

function formatRefusal(status: number): string {
  return `HTTP/1.1 ${status} Refused\r\nProxy-Authenticate: Basic realm="proxy"\r\ncontent-length: 0\r\n\r\n`
}

function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  { port, path }: Upstream & { path: string },
): void {
  const { 'proxy-authorization': _, ...headers } = incoming.headers
  const outgoing = request({ host: '127.0.0.1', port, path, method: incoming.method, headers })
  outgoing.on('response', (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers)
    reply.pipe(response)
  })
  outgoing.on('error', () => response.destroy())
  response.on('close', () => outgoing.destroy())
  incoming.pipe(outgoing)
}
