import type { Socket } from 'node:net'
import type { App } from '../app-types.ts'

/**
 * Ends connections that never sent a request when the server closes. Node does not count them as idle, and
 * HTTP clients open spare ones: each would hold up the shutdown for as long as its client likes.
 */
export function endSilentConnections(app: App): void {
  const silent = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  app.server.on('request', ({ socket }: { socket: Socket }) => silent.delete(socket))
  app.addHook('preClose', async () => {
    for (const socket of silent) socket.destroy()
  })
}
