import { readCurrentContext, requireContext } from './contexts.ts'
import { readToken } from './read-token.ts'

const DEFAULT_SERVER = 'http://127.0.0.1:8080'

export interface ServerOptions {
  server?: string
  /** Name of a context in the configuration file. */
  context?: string
  tokenFile?: string
}

type Environment = Record<string, string | undefined>

/** Address of a server and its token. */
export interface ServerChoice {
  server: string
  token: string | undefined
}

/**
 * Chooses the server: `--server` or `--context`, then the environment, then the current context, then
 * localhost. The token of a context is sent only to the server of that context.
 */
export function chooseServer(options: ServerOptions, environment: Environment): ServerChoice {
  const { server, context, tokenFile } = options
  if (context === undefined) return chooseDefaultServer(server, tokenFile, environment)
  const chosen = requireContext(environment, context)
  // The context names the server, so it names the token as well.
  return { server: chosen.server, token: readToken(tokenFile ?? chosen.tokenFile, environment) }
}

function chooseDefaultServer(
  server: string | undefined,
  tokenFile: string | undefined,
  environment: Environment,
): ServerChoice {
  const named = server ?? (environment['CAPSTAN_SERVER'] || undefined)
  const token = readToken(tokenFile, environment)
  if (named !== undefined) return { server: named, token }
  const context = readCurrentContext(environment)
  return {
    server: context?.server ?? DEFAULT_SERVER,
    token: token ?? (context?.tokenFile ? readToken(context.tokenFile, {}) : undefined),
  }
}
