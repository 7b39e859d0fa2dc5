import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { CliError } from '../cli-error.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { printOne } from '../output/print-one.ts'
import type { Session } from '../session.ts'
import { readServer } from './read-server.ts'
import { VERSION } from '../version.ts'
import { ServerVersion } from './views.ts'

/** Versions of both ends. A server that is away is no error here. */
export async function versionCommand(session: Session): Promise<ExitCode> {
  const server = await readServer(session, '/version', ServerVersion).catch((error: unknown) => {
    if (error instanceof CliError) return undefined
    throw error
  })
  const versions = {
    client: { version: VERSION, node: process.version },
    server: server && { url: session.api.server, version: server.version, node: server.node },
  }
  const theirs = server
    ? `${toPlainText(server.version)} at ${session.api.server}`
    : `not reached at ${session.api.server}`
  printOne(session, versions, {
    name: VERSION,
    forPeople: () => `capstan ${VERSION} (node ${process.version})\nserver  ${theirs}\n`,
  })
  return EXIT.ok
}
