import { pino, type DestinationStream, type LogFn, type Logger } from 'pino'
import { limitRepeats } from './log/limit-repeats.ts'
import { openLogDestination } from './log/log-destination.ts'
import { redact } from './text/redact.ts'

export type Log = Logger
type LogArgs = Parameters<LogFn>

const SECRET_PATHS = [
  'authorization',
  '*.authorization',
  'req.headers.authorization',
  'req.headers.cookie',
  'headers.authorization',
  'apiKey',
  '*.apiKey',
  'token',
  '*.token',
  'password',
  '*.password',
  'kubeconfig',
]

/**
 * Creates a log of JSON lines on stderr, because stdout is for data. Secret fields are redacted. Repeated errors of Redis are
 * limited to one line per second; `suppressed` counts the omitted ones.
 */
export function createLog(
  name: string,
  level: string,
  destination: DestinationStream = openLogDestination(),
): Log {
  const countSuppressed = limitRepeats()
  return pino(
    {
      name,
      level,
      redact: { paths: SECRET_PATHS, censor: '[redacted]' },
      serializers: { err: describeError },
      hooks: {
        logMethod(args, write) {
          const suppressed = countSuppressed(args)
          if (suppressed === undefined) return
          write.apply(this, suppressed === 0 ? args : withCount(args, suppressed))
        },
      },
    },
    destination,
  )
}

/** Adds `suppressed`. Only lines with an object of fields are ever suppressed. */
function withCount([first, ...rest]: LogArgs, suppressed: number): LogArgs {
  const fields: object = first instanceof Error ? { err: first } : Object(first)
  return [{ ...fields, suppressed }, ...rest]
}

const MAX_TEXT = 4_000
const MAX_CAUSES = 4

/**
 * Serializes an error with a fixed set of members. Libraries attach whole commands (with the password of AUTH) and requests
 * (with the key in a header) to their errors.
 */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? safe(error) : error
  const { name, message, stack, cause } = error
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  return {
    type: name,
    message: safe(message),
    ...code,
    stack: safe(stack ?? ''),
    ...(cause === undefined || depth >= MAX_CAUSES
      ? {}
      : { cause: describeError(cause, depth + 1) }),
  }
}

function safe(text: string): string {
  return redact(text).slice(0, MAX_TEXT)
}
