import { findProxyError, findNetworkHint } from '@capstan/shared/http/find-network-hint'
import { Problem, type ProblemCode } from '@capstan/shared/contract/problem'
import { CliError } from '../cli-error.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'

/** Problem codes with an exit code of their own, because scripts branch on them. */
const EXIT_OF: Partial<Record<ProblemCode, ExitCode>> = {
  VALIDATION: EXIT.usage,
  UNKNOWN_CLUSTER: EXIT.usage,
  UNKNOWN_RESOURCES: EXIT.usage,
  NOT_FOUND: EXIT.usage,
  METHOD_NOT_ALLOWED: EXIT.usage,
  NOT_ACCEPTABLE: EXIT.usage,
  SCAN_CONFLICT: EXIT.usage,
  WRONG_STATE: EXIT.usage,
  IDEMPOTENCY_IN_PROGRESS: EXIT.usage,
  IDEMPOTENCY_MISMATCH: EXIT.usage,
  PAYLOAD_TOO_LARGE: EXIT.usage,
  UNSUPPORTED_MEDIA_TYPE: EXIT.usage,
  PROVIDER_MODEL_UNKNOWN: EXIT.usage,
  PROVIDER_NOT_CONFIGURED: EXIT.usage,
  UNAUTHORIZED: EXIT.auth,
  FORBIDDEN: EXIT.auth,
  LOGIN_FAILED: EXIT.auth,
  ISSUER_UNAVAILABLE: EXIT.unreachable,
  CLUSTER_UNREACHABLE: EXIT.unreachable,
  CLUSTER_FORBIDDEN: EXIT.unreachable,
  CLUSTER_MISCONFIGURED: EXIT.unreachable,
  RATE_LIMITED: EXIT.unreachable,
  TOO_MANY_STREAMS: EXIT.unreachable,
  OVERLOADED: EXIT.unreachable,
  REDIS_UNAVAILABLE: EXIT.unreachable,
  DRAINING: EXIT.unreachable,
}

/** Remedies in terms of CLI commands. The hints of the server refer to its REST API. */
export type FixByCode = Partial<Record<ProblemCode, string>>

/** Builds the error of a failed response from its problem document, or from status and headers without one. */
export async function readErrorResponse(
  server: string,
  response: Response,
  fixes: FixByCode = {},
): Promise<CliError> {
  const text = await response.text().catch(() => '')
  const { success, data } = Problem.safeParse(parse(text))
  return success ? toCliError(data, fixes) : createForeignServerError(server, response)
}

function toCliError(problem: Problem, fixes: FixByCode): CliError {
  const pointed = problem.errors?.map(({ pointer, detail }) => `${pointer} ${detail}`) ?? []
  const trace = [problem.type, problem.instance ?? ''].join(' ').trim()
  const why = [...(problem.detail ? [problem.detail] : []), ...pointed].join('; ')
  return new CliError(problem.title, {
    exitCode: EXIT_OF[problem.code] ?? EXIT.unexpected,
    why: why || undefined,
    fix: fixes[problem.code] ?? FIXES[problem.code] ?? problem.hint,
    trace,
  })
}

const FIXES: FixByCode = {
  SCAN_CONFLICT: 'Use --on-conflict join, wait until it ends, or cancel it.',
  REDIS_UNAVAILABLE: 'Wait until Redis is reachable again; `capstan doctor` shows details.',
  UNAUTHORIZED: 'Put a token of the server into CAPSTAN_TOKEN, or into a file for --token-file.',
}

function createForeignServerError(server: string, { status, headers }: Response): CliError {
  const auth = status === 401 || status === 403
  return new CliError(`The response from ${server} does not come from Capstan`, {
    exitCode: auth ? EXIT.auth : EXIT.unreachable,
    why: `HTTP ${status} with ${headers.get('content-type') ?? 'no content'}.`,
    fix: 'Check --server or CAPSTAN_SERVER, and any proxy in between.',
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'The connection was refused.',
  ENOTFOUND: 'The host name is unknown.',
  EAI_AGAIN: 'The host name cannot be resolved at the moment.',
  ETIMEDOUT: 'The request timed out.',
  UND_ERR_CONNECT_TIMEOUT: 'The request timed out.',
  ECONNRESET: 'The connection was reset.',
  UND_ERR_SOCKET: 'The connection was reset.',
}

/** The error of a request that received no response. */
export function createUnreachableError(server: string, error: unknown): CliError {
  return new CliError(`Capstan is unreachable at ${server}`, {
    exitCode: EXIT.unreachable,
    why: describeCause(error),
    fix:
      findNetworkHint(error) ??
      'Start it with `capstan up`, or set its address with --server or CAPSTAN_SERVER.',
    cause: error,
  })
}

function describeCause(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const atProxy = findProxyError(error)
  if (atProxy) return atProxy.message
  return REASONS[code] ?? (cause instanceof Error ? `${cause.message} ${code}`.trim() : 'unknown')
}
