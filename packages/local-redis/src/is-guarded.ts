import { connect } from 'node:net'

const PATIENCE_MS = 2_000

/** Whether the Redis at a URL turns away who comes without a password. False also when nobody answers. */
export async function requiresPassword(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    const answer = (guarded: boolean): void => {
      socket.destroy()
      resolve(guarded)
    }
    socket.setTimeout(PATIENCE_MS, () => answer(false))
    socket.once('connect', () => socket.write('PING\r\n'))
    socket.once('data', (reply) => answer(reply.toString().startsWith('-NOAUTH')))
    socket.once('error', () => answer(false))
    socket.once('close', () => resolve(false))
  })
}
