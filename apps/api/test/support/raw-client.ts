import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from '@capstan/testkit/on-test-finished'

/** A raw HTTP connection. */
export interface RawClient {
  socket: Socket
  /** All bytes received so far. */
  received(): string
  /** Resolves with all received bytes when `fits` accepts them, or the server has half-closed the connection. */
  until(fits: (text: string) => boolean): Promise<string>
  /** Resolves with all received bytes when the server has half-closed the connection. Rejects on a reset. */
  ended: Promise<string>
}

/** Connects and sends `text`. The server may continue to read after it has half-closed the connection. */
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
  // Other waiters are not affected.
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

/** Creates a request head with these header lines, which include Host. */
export function requestHead(line: string, ...headers: string[]): string {
  return `${[line, 'Host: 127.0.0.1', ...headers].join('\r\n')}\r\n\r\n`
}
