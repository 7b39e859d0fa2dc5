import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'

const PATIENCE_MS = 10_000

/**
 * Shuts down a server that a killed guard left behind on the same data. It is found by the port and password
 * of the last configuration, so no other server can be meant. Resolves when it is gone or was never there.
 */
export async function shutDownOrphan(configFile: string): Promise<void> {
  const config = await readFile(configFile, 'utf8').catch(() => '')
  const port = Number(/^# reached at port (\d+)$/m.exec(config)?.[1] ?? 0)
  const password = /^requirepass (\S+)$/m.exec(config)?.[1]
  if (port === 0 || password === undefined) return
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.setTimeout(PATIENCE_MS, () => socket.destroy())
    socket.once('connect', () => socket.write(`AUTH ${password}\r\n`))
    socket.once('data', (reply) => {
      // A stranger on that port refuses the password: leave it alone.
      if (reply.toString().startsWith('+OK')) socket.write('SHUTDOWN\r\n')
      else socket.destroy()
    })
    socket.on('error', () => socket.destroy())
    socket.once('close', () => resolve())
  })
}
