import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from '../on-test-finished.ts'

export interface ConnectProxyOptions {
  /**
   * Ports on the loopback by `host:port` of the target. Only these targets are reachable, and only through
   * the proxy.
   */
  reaches: Record<string, number>
  /** Required `user:password`. */
  credentials?: string
  /** Status of every response, instead of forwarding. */
  refuses?: number
  /** Certificate of a proxy that is itself reached by https. */
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
 * Starts an HTTP proxy as companies run one: CONNECT for https, forwarding for http. It is closed with the
 * test.
 */
export async function startConnectProxy(options: ConnectProxyOptions): Promise<ConnectProxy> {
  const passed: string[] = []
  const refused: string[] = []
  const sockets = new Set<Duplex>()
  const admit = (line: string, target: string, asked: IncomingMessage): number | Place => {
    const place = admitTo(options, target, asked)
    ;(typeof place === 'number' ? refused : passed).push(line)
    return place
  }
  const server = options.tls ? createTlsServer(options.tls) : createServer()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.on('connect', (asked: IncomingMessage, socket: Duplex) => {
    const target = asked.url ?? ''
    const place = admit(`CONNECT ${target}`, target, asked)
    if (typeof place === 'number') return void socket.end(refusal(place))
    const upstream = connect(place.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    sockets.add(upstream)
    for (const end of [socket, upstream]) end.on('error', () => end.destroy())
  })
  server.on('request', (asked: IncomingMessage, response: ServerResponse) => {
    const url = URL.parse(asked.url ?? '')
    const target = `${url?.hostname}:${url?.port || 80}`
    const place = admit(`${asked.method} ${asked.url}`, target, asked)
    if (typeof place === 'number') return void response.writeHead(place, CHALLENGE).end('proxy')
    forward(asked, response, { ...place, path: `${url?.pathname}${url?.search}` })
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

interface Place {
  port: number
}

const CHALLENGE = { 'proxy-authenticate': 'Basic realm="proxy"' }

function admitTo(
  { reaches, credentials, refuses }: ConnectProxyOptions,
  target: string,
  { headers }: IncomingMessage,
): number | Place {
  const [, given = ''] = headers['proxy-authorization']?.split(' ') ?? []
  if (credentials !== undefined && Buffer.from(given, 'base64').toString() !== credentials)
    return 407
  const port = reaches[target]
  return refuses ?? (port === undefined ? 502 : { port })
}

function refusal(status: number): string {
  return `HTTP/1.1 ${status} Refused\r\nProxy-Authenticate: Basic realm="proxy"\r\ncontent-length: 0\r\n\r\n`
}

function forward(
  asked: IncomingMessage,
  response: ServerResponse,
  { port, path }: Place & { path: string },
): void {
  const { 'proxy-authorization': _, ...headers } = asked.headers
  const onward = request({ host: '127.0.0.1', port, path, method: asked.method, headers })
  onward.on('response', (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers)
    reply.pipe(response)
  })
  onward.on('error', () => response.destroy())
  response.on('close', () => onward.destroy())
  asked.pipe(onward)
}
