import { currentContext, namedContext } from './contexts.ts'
import { readToken } from './read-token.ts'

const DEFAULT_SERVER = 'http://127.0.0.1:8080'

export interface ServerOptions {
  server?: string
  /** Name of a context of the configuration. */
  context?: string
  tokenFile?: string
}

type Environment = Record<string, string | undefined>

/** The address of a server and the token to show it. */
export interface ChosenServer {
  server: string
  token: string | undefined
}

/**
 * The server by option (--server or --context), else environment, else the context in use, else this machine. The token of a
 * context is for its own server, so it is not shown to one that was named in another way.
 */
export function chooseServer(options: ServerOptions, environment: Environment): ChosenServer {
  const { server, context, tokenFile } = options
  if (context === undefined) return usualServer(server, tokenFile, environment)
  const chosen = namedContext(environment, context)
  // The option names the server, so it names the token as well.
  return { server: chosen.server, token: readToken(tokenFile ?? chosen.tokenFile, environment) }
}

function usualServer(
  server: string | undefined,
  tokenFile: string | undefined,
  environment: Environment,
): ChosenServer {
  const named = server ?? (environment['CAPSTAN_SERVER'] || undefined)
  const token = readToken(tokenFile, environment)
  if (named !== undefined) return { server: named, token }
  const context = currentContext(environment)
  return {
    server: context?.server ?? DEFAULT_SERVER,
    token: token ?? (context?.tokenFile ? readToken(context.tokenFile, {}) : undefined),
  }
}
