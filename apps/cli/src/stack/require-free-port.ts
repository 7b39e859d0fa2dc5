import { once } from 'node:events'
import { createServer } from 'node:net'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'

const REASONS: Record<string, string> = {
  EADDRINUSE: 'Another program listens there, perhaps another Capstan.',
  EACCES: 'This user may not open so low a port.',
  EADDRNOTAVAIL: 'This machine has no such address.',
  ENOTFOUND: 'The name of the host is not known.',
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
      fix: `Stop the other one, or take another port: --port ${port < 65_535 ? port + 1 : 8080}, or --port 0 for any.`,
      cause: error,
    })
  } finally {
    server.close()
  }
}
