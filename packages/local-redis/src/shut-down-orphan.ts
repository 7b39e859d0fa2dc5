import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'

const TIMEOUT_MS = 10_000

/**
 * Shuts down a server that a killed supervisor left running with the same data. Port and password of the last configuration identify
 * it. Resolves when no such server runs.
 */
export async function shutDownOrphan(configFile: string): Promise<void> {
  const config = await readFile(configFile, 'utf8').catch(() => '')
  const port = Number(/^# reached at port (\d+)$/m.exec(config)?.[1] ?? 0)
  const password = /^requirepass (\S+)$/m.exec(config)?.[1]
  if (port === 0 || password === undefined) return
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy())
    socket.once('connect', () => socket.write(`AUTH ${password}\r\n`))
    socket.once('data', (reply) => {
      // Another server on this port rejects the password and is left running.
      if (reply.toString().startsWith('+OK')) socket.write('SHUTDOWN\r\n')
      else socket.destroy()
    })
    socket.on('error', () => socket.destroy())
    socket.once('close', () => resolve())
  })
}
