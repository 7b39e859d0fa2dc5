import { connect } from 'node:net'

const TIMEOUT_MS = 2_000

/** Tests whether the Redis at a URL rejects clients without a password. False also when it does not respond. */
export async function requiresPassword(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    const answer = (isRequired: boolean): void => {
      socket.destroy()
      resolve(isRequired)
    }
    socket.setTimeout(TIMEOUT_MS, () => answer(false))
    socket.once('connect', () => socket.write('PING\r\n'))
    socket.once('data', (reply) => answer(reply.toString().startsWith('-NOAUTH')))
    socket.once('error', () => answer(false))
    socket.once('close', () => resolve(false))
  })
}
