import type { FastifyReply, FastifyRequest } from 'fastify'

/** Adds `Link: <…>; rel="next"` (RFC 8288) if there is a next page. */
export function addNextLink(
  request: FastifyRequest,
  reply: FastifyReply,
  { page }: { page: { nextCursor: string | null } },
  parameter = 'cursor',
): void {
  if (page.nextCursor === null) return
  // Only path and query are used; the origin is a placeholder.
  const url = new URL(request.url, 'http://server.invalid')
  url.searchParams.set(parameter, page.nextCursor)
  void reply.header('link', `<${url.pathname}${url.search}>; rel="next"`)
}
