import type { Socket } from 'node:net'
import type { App } from '../app-types.ts'

/**
 * Closes connections that never sent a request when the server closes. Node does not count them as idle, and HTTP
 * clients open spare connections, which would delay the shutdown.
 */
export function closeUnusedConnections(app: App): void {
  const unused = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  app.server.on('request', ({ socket }: { socket: Socket }) => unused.delete(socket))
  app.addHook('preClose', async () => {
    for (const socket of unused) socket.destroy()
  })
}
