import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Number of streams that are opened at a time; larger bursts would dominate the measurement. */
const AT_ONCE = 50

export interface EventSocketOptions {
  apiUrl: string
  /** Path of an event stream. */
  path: string
  /** Text of the frame that completes the start of a stream. */
  until: string
}

/** Opens this many event streams with minimal overhead. Resolves when each has received the text `until`. */
export async function openEventSockets(
  count: number,
  options: EventSocketOptions,
): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (let opened = 0; opened < count; opened += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - opened) }, () =>
      openEventSocket(options),
    )
    sockets.push(...(await Promise.all(some)))
  }
  return sockets
}

async function openEventSocket({ apiUrl, path, until }: EventSocketOptions): Promise<Socket> {
  const { hostname, port, host } = new URL(apiUrl)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\n\r\n`)
  let seen = ''
  while (!seen.includes(until)) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    seen = `${seen}${chunk.toString('latin1')}`.slice(-100_000)
  }
  // The rest is read and discarded, unless the caller adds a listener.
  socket.removeAllListeners('data').resume()
  return socket
}
