import type { FastifyReply, FastifyRequest } from 'fastify'

/** Below the 60 s after which most proxies give up. */
const LONGEST_SECONDS = 50

/** Milliseconds that `Prefer: wait=<seconds>` (RFC 7240) asks for, 0 without. Says so in the answer. */
export function preferredWaitMs(request: FastifyRequest, reply: FastifyReply): number {
  const header = String(request.headers['prefer'] ?? '')
  const asked = Number(/(?:^|[,;\s])wait=(\d{1,6})(?:$|[,;\s])/i.exec(header)?.[1] ?? 0)
  const seconds = Math.min(LONGEST_SECONDS, asked)
  if (seconds > 0) void reply.header('preference-applied', `wait=${seconds}`)
  return seconds * 1_000
}
