import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { createServer } from 'node:tls'
import { onTestFinished } from '../on-test-finished.ts'
import type { TestCertificates } from './certificates.ts'

/** Serves a plain server of the loopback through TLS. Returns the port. It is closed with the test. */
export async function startTlsFront(
  url: string,
  { cert, key }: Pick<TestCertificates, 'cert' | 'key'>,
): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer({ cert, key }, (socket) => {
    const upstream = connect(Number(new URL(url).port), '127.0.0.1')
    for (const end of [socket, upstream]) {
      sockets.add(end)
      end.on('error', () => end.destroy())
    }
    upstream.pipe(socket).pipe(upstream)
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}
