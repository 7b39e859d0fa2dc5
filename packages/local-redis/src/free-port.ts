import { once } from 'node:events'
import { createServer } from 'node:net'
import { listeningPort } from '@capstan/shared/http/listening-port'

/** Returns a free TCP port of 127.0.0.1. Another process may take it before it is used, so callers must be able to retry. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = listeningPort(server)
  server.close()
  await once(server, 'close')
  return port
}

/** Tests whether a process listens on a port of 127.0.0.1. */
export async function isPortTaken(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  const taken = await once(server, 'listening').then(
    () => false,
    () => true,
  )
  server.close()
  return taken
}
