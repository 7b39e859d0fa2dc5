import { currentContext } from './contexts.ts'
import { readToken } from './read-token.ts'

const DEFAULT_SERVER = 'http://127.0.0.1:8080'

/**
 * The server to talk to and the token to show it: by option, else environment, else context, else this machine. The
 * token of a context is for its own server, so it is not shown to one that was named in another way.
 */
export function chooseServer(
  options: { server?: string; tokenFile?: string },
  environment: Record<string, string | undefined>,
): { server: string; token: string | undefined } {
  const named = options.server ?? (environment['CAPSTAN_SERVER'] || undefined)
  const context = named === undefined ? currentContext(environment) : undefined
  const token = readToken(options.tokenFile, environment)
  return {
    server: named ?? context?.server ?? DEFAULT_SERVER,
    token: token ?? (context?.tokenFile ? readToken(context.tokenFile, {}) : undefined),
  }
}
