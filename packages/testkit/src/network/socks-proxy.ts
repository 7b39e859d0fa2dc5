import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from '../on-test-finished.ts'

export interface SocksProxyOptions {
  /** Ports on the loopback by `host:port` of the target. Other targets are refused. */
  reaches: Record<string, number>
  /** Required `user:password`. */
  credentials?: string
}

export interface SocksProxy {
  /** `host:port` */
  address: string
  /** `host:port` of each requested target, with the host name as the client sent it. */
  asked: string[]
}

const VERSION = 5
const NO_AUTHENTICATION = 0
const PASSWORD = 2
const NOT_ACCEPTABLE = 0xff
const SUCCEEDED = 0
const HOST_UNREACHABLE = 4
const ADDRESS = { ipv4: 1, name: 3, ipv6: 4 }

/** Starts a SOCKS5 proxy (RFC 1928 and 1929), like `ssh -D`. It is closed with the test. */
export async function startSocksProxy(options: SocksProxyOptions): Promise<SocksProxy> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    void serve(socket, options, (target) => asked.push(target)).then(
      (upstream) => upstream && sockets.add(upstream),
      () => socket.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

async function serve(
  socket: Socket,
  { reaches, credentials }: SocksProxyOptions,
  onAsked: (target: string) => void,
): Promise<Socket | undefined> {
  if (!(await authenticate(socket, credentials))) return void socket.end()
  const target = await readTarget(socket)
  onAsked(target)
  const port = reaches[target]
  if (port === undefined) return void socket.end(reply(HOST_UNREACHABLE))
  const upstream = connect(port, '127.0.0.1')
  upstream.on('error', () => socket.destroy())
  await once(upstream, 'connect')
  socket.write(reply(SUCCEEDED))
  upstream.pipe(socket).pipe(upstream)
  return upstream
}

async function authenticate(socket: Socket, credentials: string | undefined): Promise<boolean> {
  const [, count = 0] = await take(socket, 2)
  const methods = await take(socket, count)
  const method = credentials === undefined ? NO_AUTHENTICATION : PASSWORD
  if (!methods.includes(method)) {
    socket.write(Buffer.from([VERSION, NOT_ACCEPTABLE]))
    return false
  }
  socket.write(Buffer.from([VERSION, method]))
  if (credentials === undefined) return true
  const [, userLength = 0] = await take(socket, 2)
  const user = (await take(socket, userLength)).toString()
  const [passwordLength = 0] = await take(socket, 1)
  const password = (await take(socket, passwordLength)).toString()
  const isRight = `${user}:${password}` === credentials
  socket.write(Buffer.from([1, isRight ? 0 : 1]))
  return isRight
}

async function readTarget(socket: Socket): Promise<string> {
  const [, , , type] = await take(socket, 4)
  const host = await readHost(socket, type)
  return `${host}:${(await take(socket, 2)).readUInt16BE()}`
}

async function readHost(socket: Socket, type: number | undefined): Promise<string> {
  if (type === ADDRESS.ipv4) return [...(await take(socket, 4))].join('.')
  if (type === ADDRESS.ipv6) return `[${(await take(socket, 16)).toString('hex')}]`
  const [length = 0] = await take(socket, 1)
  return (await take(socket, length)).toString()
}

/** Reads the next bytes of a socket. */
async function take(socket: Socket, count: number): Promise<Buffer> {
  if (count === 0) return Buffer.alloc(0)
  for (;;) {
    const bytes: unknown = socket.read(count)
    if (bytes instanceof Buffer && bytes.length === count) return bytes
    if (socket.readableEnded || socket.destroyed) throw new Error('the client has gone')
    await once(socket, 'readable')
  }
}

function reply(code: number): Buffer {
  return Buffer.from([VERSION, code, 0, ADDRESS.ipv4, 0, 0, 0, 0, 0, 0])
}
