import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { listeningPort } from '@capstan/shared/http/listening-port'
import { onTestFinished } from '@capstan/testkit/on-test-finished'

/** A server of the test. It closes at the end of the test. */
export interface TestServer {
  url: string
  close(): Promise<void>
}

/** Serves `listener` on 127.0.0.1. `port` 0 takes a free port. */
export async function serve(listener: RequestListener, port = 0): Promise<TestServer> {
  const server = createServer(listener).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  onTestFinished(close)
  return { url: `http://127.0.0.1:${listeningPort(server)}`, close }
}
