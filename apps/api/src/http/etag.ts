import type { FastifyReply, FastifyRequest } from 'fastify'

/** Sends `body`, or 304 when the caller has it. Compares weakly, as RFC 9110 asks for If-None-Match. */
export function sendWithEtag(
  request: FastifyRequest,
  reply: FastifyReply,
  etag: string,
  body: unknown,
): FastifyReply {
  // `no-store` would keep clients from ever using the tag.
  void reply.header('etag', etag).header('cache-control', 'private, no-cache')
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send()
  return reply.code(200).send(body)
}

/** Whether an If-None-Match header names this tag. */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(etag.replace(/^W\//, ''))
}
