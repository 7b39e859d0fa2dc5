import { TimeoutError } from '../async/with-timeout.ts'
import { classifyRedisReply } from '../redis-fault.ts'

const EVERY_MS = 1_000

/** ioredis gives these no code. */
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
 * Bounds what a fault of Redis writes to one line a second and kind. Every connection, queue and job reports the same
 * fault: 317 lines in 16 s in one worker. Other lines always pass. Answers for the arguments of a log call how many of
 * its kind were left out before it; undefined: it is to be left out.
 */
export function limitRepeats(): (args: readonly unknown[]) => number | undefined {
  const kinds = new Map<string, { writtenAt: number; leftOut: number }>()
  return ([first]) => {
    const kind = kindOfLine(first)
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

/** The fault of Redis that a line reports; undefined for every other line. */
function kindOfLine(first: unknown): string | undefined {
  if (first instanceof Error) return kindOfError(first)
  if (typeof first !== 'object' || first === null) return undefined
  // A failed request is logged by its code.
  if ('code' in first && first.code === 'REDIS_UNAVAILABLE') return 'request'
  return 'err' in first ? kindOfError(first.err) : undefined
}

function kindOfError(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error)) return undefined
  const reply = classifyRedisReply(error)
  if (reply !== undefined) return reply
  const code = 'code' in error ? String(error.code) : ''
  if (SOCKET_CODES.has(code) || CLIENT_TEXTS.test(error.message)) return 'unreachable'
  // What waited for Redis longer than its caller could.
  if (error instanceof TimeoutError) return error.message
  return depth < MAX_CAUSES ? kindOfError(error.cause, depth + 1) : undefined
}
