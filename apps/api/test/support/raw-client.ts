import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** An HTTP connection that is written by hand. */
export interface RawClient {
  socket: Socket
  /** Everything received so far. */
  received(): string
  /** Resolves with everything received once `fits` accepts it, or the server has ended its half. */
  until(fits: (text: string) => boolean): Promise<string>
  /** Resolves with everything received once the server has ended its half. Rejects when the connection is reset. */
  ended: Promise<string>
}

/** Connects and sends `text`. The server may go on reading after it has ended its half. */
export async function openRawClient(url: string, text: string | Buffer = ''): Promise<RawClient> {
  const { port, hostname } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  let received = ''
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
  const ended = new Promise<string>((resolve, reject) => {
    socket.once('end', () => resolve(received))
    socket.once('error', reject)
    socket.once('close', () => resolve(received))
  })
  // Who waits for something else is not concerned.
  ended.catch(() => undefined)
  await once(socket, 'connect')
  if (text.length > 0) socket.write(text)
  return {
    socket,
    received: () => received,
    until: async (fits) => {
      let over = false
      void ended.finally(() => (over = true)).catch(() => undefined)
      while (!fits(received) && !over) {
        await Promise.race([once(socket, 'data'), ended])
      }
      return received
    },
    ended,
  }
}

/** A request head with these lines after the request line, which include the Host header. */
export function requestHead(line: string, ...headers: string[]): string {
  return `${[line, 'Host: 127.0.0.1', ...headers].join('\r\n')}\r\n\r\n`
}
