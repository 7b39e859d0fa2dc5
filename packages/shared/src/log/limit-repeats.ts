import { TimeoutError } from '../async/with-timeout.ts'
import { classifyRedisReply } from '../redis-fault.ts'

const EVERY_MS = 1_000

/** Errors of ioredis without a code. */
const CLIENT_TEXTS =
  /^(?:Command timed out|Connection is closed|Command aborted|Stream isn't writeable|Socket timeout|Reached the max retries)/
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
const MAX_CAUSES = 4

/**
 * Limits log lines about an error of Redis to one per second and kind, because every connection, queue and job reports it
 * (measured: 317 lines in 16 s in one worker). Other lines always pass. The returned function takes the arguments of a log
 * call. It returns the number of suppressed lines of that kind, or undefined when this line is to be suppressed.
 */
export function limitRepeats(): (args: readonly unknown[]) => number | undefined {
  const kinds = new Map<string, { writtenAt: number; leftOut: number }>()
  return ([first]) => {
    const kind = findLineKind(first)
    if (kind === undefined) return 0
    const now = performance.now()
    const known = kinds.get(kind)
    if (known && now - known.writtenAt < EVERY_MS) {
      known.leftOut += 1
      return undefined
    }
    kinds.set(kind, { writtenAt: now, leftOut: 0 })
    return known?.leftOut ?? 0
  }
}

/** The error of Redis in a line; undefined for all other lines. */
function findLineKind(first: unknown): string | undefined {
  if (first instanceof Error) return findErrorKind(first)
  if (typeof first !== 'object' || first === null) return undefined
  // The API logs a failed request with the code of its problem.
  if ('code' in first && first.code === 'REDIS_UNAVAILABLE') return 'request'
  return 'err' in first ? findErrorKind(first.err) : undefined
}

function findErrorKind(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error)) return undefined
  const reply = classifyRedisReply(error)
  if (reply !== undefined) return reply
  const code = 'code' in error ? String(error.code) : ''
  if (SOCKET_CODES.has(code) || CLIENT_TEXTS.test(error.message)) return 'unreachable'
  // A wait for Redis that timed out.
  if (error instanceof TimeoutError) return error.message
  return depth < MAX_CAUSES ? findErrorKind(error.cause, depth + 1) : undefined
}
