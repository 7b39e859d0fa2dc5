import type { FastifyReply, FastifyRequest } from 'fastify'

/** Below the usual proxy timeout of 60 s. */
const MAX_SECONDS = 50

/** Returns the milliseconds of `Prefer: wait=<seconds>` (RFC 7240), or 0. Sets Preference-Applied. */
export function readPreferredWaitMs(request: FastifyRequest, reply: FastifyReply): number {
  const header = String(request.headers['prefer'] ?? '')
  const requested = Number(/(?:^|[,;\s])wait=(\d{1,6})(?:$|[,;\s])/i.exec(header)?.[1] ?? 0)
  const seconds = Math.min(MAX_SECONDS, requested)
  if (seconds > 0) void reply.header('preference-applied', `wait=${seconds}`)
  return seconds * 1_000
}
