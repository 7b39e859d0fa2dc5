import type { FastifyReply, FastifyRequest } from 'fastify'

/** Sends `body`, or 304 when If-None-Match matches (weak comparison, RFC 9110). */
export function sendWithEtag(
  request: FastifyRequest,
  reply: FastifyReply,
  etag: string,
  body: unknown,
): FastifyReply {
  // `no-store` would prevent clients from using the tag.
  void reply.header('etag', etag).header('cache-control', 'private, no-cache')
  if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send()
  return reply.code(200).send(body)
}

/** Returns whether an If-None-Match header contains this tag. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(etag.replace(/^W\//, ''))
}
