import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Event streams of one scan that this process reads, with as little of its own as can be. */
export interface HeldReaders {
  /** Opens so many more and waits until each has the first progress of the scan. */
  open(count: number): Promise<void>
  close(): void
}

/** How many connections are opened at a time: a burst measures the burst. */
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
  // Read on, and thrown away.
  socket.removeAllListeners('data').resume()
  return socket
}
