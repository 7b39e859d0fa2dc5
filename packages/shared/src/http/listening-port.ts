import type { Server } from 'node:net'

/** Port of a listening TCP server. Throws for a server that does not listen, or listens on a socket file. */
export function listeningPort(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}
