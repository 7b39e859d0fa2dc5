import { once } from 'node:events'
import { createServer } from 'node:net'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'

const REASONS: Record<string, string> = {
  EADDRINUSE: 'Another program uses this port, perhaps another Capstan.',
  EACCES: 'This user may not open privileged ports.',
  EADDRNOTAVAIL: 'This machine does not have this address.',
  ENOTFOUND: 'The host name is unknown.',
}

/** Checked before anything starts, because the error is clearer here than in the log of a child. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw new CliError(`Port ${port} of ${host} cannot be used`, {
      exitCode: code === 'EADDRINUSE' ? EXIT.unreachable : EXIT.usage,
      why: REASONS[code] ?? (code || undefined),
      fix: `Stop the other program, or choose another port: --port ${port < 65_535 ? port + 1 : 8080}, or --port 0 for any.`,
      cause: error,
    })
  } finally {
    server.close()
  }
}
