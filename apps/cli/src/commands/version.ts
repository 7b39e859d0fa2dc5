import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { CliError } from '../cli-error.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { printOne } from '../output/print-one.ts'
import type { CliSession } from '../cli-session.ts'
import { readServer } from './read-server.ts'
import { CLI_VERSION } from '../version.ts'
import { VersionReport } from './response-schemas.ts'

/** Prints the versions of CLI and server. An unreachable server is not an error here. */
export async function runVersion(session: CliSession): Promise<ExitCode> {
  const server = await readServer(session, '/version', VersionReport).catch((error: unknown) => {
    if (error instanceof CliError) return undefined
    throw error
  })
  const versions = {
    client: { version: CLI_VERSION, node: process.version },
    server: server && { url: session.api.server, version: server.version, node: server.node },
  }
  const theirs = server
    ? `${toPlainText(server.version)} at ${session.api.server}`
    : `unreachable at ${session.api.server}`
  printOne(session, versions, {
    name: CLI_VERSION,
    forPeople: () => `capstan ${CLI_VERSION} (node ${process.version})\nserver  ${theirs}\n`,
  })
  return EXIT.ok
}
