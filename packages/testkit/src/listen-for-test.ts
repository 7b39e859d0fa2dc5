import { once } from 'node:events'
import type { Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from './on-test-finished.ts'

/**
 * Listens on the loopback, by default on a free port. The server and its connections are closed when the test
 * ends.
 */
export async function listenForTest(
  server: Server | TlsServer,
  port = 0,
): Promise<{ url: string; close(): Promise<void> }> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(close)
  const { port: used } = server.address() as AddressInfo // a listening TCP server has one
  return { url: `http://127.0.0.1:${used}`, close }
}
