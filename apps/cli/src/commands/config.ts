import { resolve } from 'node:path'
import { CliError } from '../cli-error.ts'
import { requireContext, readContexts, writeContext } from '../client/contexts.ts'
import { openApiClient } from '../client/api-client.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { formatForTerminal } from '../output/format-for-terminal.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/

/** Stores a server under a name. The first stored server becomes the current context. */
export function setContext(
  { environment, err }: Io,
  name: string,
  { server, tokenFile }: { server?: string; tokenFile?: string },
): ExitCode {
  if (!NAME.test(name))
    throw createUsageError(`${name} is not a valid name`, 'Use letters, digits, . _ and -.')
  if (server === undefined) throw createUsageError('A context needs a server', 'Add --server URL.')
  // Rejects an invalid URL here instead of in the first command that uses it.
  openApiClient({ server, token: undefined })
  const { current = name } = readContexts(environment)
  const context = tokenFile === undefined ? { server } : { server, tokenFile: resolve(tokenFile) }
  const path = writeContext(environment, { name, context, current })
  err(`${name} was stored in ${path}.\n`)
  return EXIT.ok
}

/** Makes a context the default server of later commands. */
export function useContext({ environment, err }: Io, name: string): ExitCode {
  const context = requireContext(environment, name)
  writeContext(environment, { name, current: name })
  err(`Commands now use ${context.server}.\n`)
  return EXIT.ok
}

/** Prints names and servers, and marks the current context. */
export function getContexts(io: Io): ExitCode {
  const { environment, out, err, program } = io
  const { current, contexts } = readContexts(environment)
  for (const [name, { server }] of Object.entries(contexts)) {
    out(`${name === current ? '*' : ' '} ${name}  ${server}\n`)
  }
  if (Object.keys(contexts).length === 0) {
    const text = `No context is set. Add one: ${program} config set-context NAME --server URL\n`
    err(formatForTerminal(io, 'err', text))
  }
  return EXIT.ok
}

function createUsageError(what: string, fix: string): CliError {
  return new CliError(what, { exitCode: EXIT.usage, fix })
}
