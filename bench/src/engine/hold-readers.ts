import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Event streams of one scan that this process reads with minimal overhead. */
export interface HeldReaders {
  /** Opens this many more streams and waits until each has received the first progress event. */
  open(count: number): Promise<void>
  close(): void
}

/** Number of streams that are opened at a time; larger bursts would dominate the measurement. */
const AT_ONCE = 50

export function holdReaders(apiUrl: string, scanId: string): HeldReaders {
  const sockets: Socket[] = []
  const path = `/api/v1/scans/${scanId}/events`
  return {
    open: async (count) => {
      for (let opened = 0; opened < count; opened += AT_ONCE) {
        const some = Array.from({ length: Math.min(AT_ONCE, count - opened) }, () =>
          openReader(apiUrl, path),
        )
        sockets.push(...(await Promise.all(some)))
      }
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

async function openReader(apiUrl: string, path: string): Promise<Socket> {
  const { hostname, port, host } = new URL(apiUrl)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\n\r\n`)
  let seen = ''
  while (!seen.includes('event: scan.progress')) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    seen = `${seen}${chunk.toString('latin1')}`.slice(-100_000)
  }
  // Read and discarded.
  socket.removeAllListeners('data').resume()
  return socket
}
