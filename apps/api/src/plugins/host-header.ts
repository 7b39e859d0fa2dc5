import type { FastifyRequest } from 'fastify'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'

/** A name, an IPv4 address, or an IPv6 address in brackets, with an optional port. */
const HOST = /^(?:[\w.-]{1,253}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i

/**
 * Rejects a request without exactly one valid Host header with 400 (RFC 9112, 3.2), because a proxy and this server
 * could read two headers differently. HTTP/1.0, used by health checks of load balancers, may omit it.
 */
export function installHostHeader(app: App): void {
  app.addHook('onRequest', async (request) => {
    const hosts = readHostHeaders(request)
    if (hosts.length === 0 && request.raw.httpVersion === '1.0') return
    const [host = ''] = hosts
    if (hosts.length === 1 && HOST.test(host)) return
    throw new AppError('VALIDATION', describeFault(hosts), {
      hint: 'Send one Host header with the name and the port of this server, such as `Host: 127.0.0.1:8080`.',
    })
  })
}

function readHostHeaders({ raw: { rawHeaders } }: FastifyRequest): string[] {
  return rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host',
  )
}

function describeFault(hosts: string[]): string {
  if (hosts.length === 0) return 'The request has no Host header'
  return hosts.length === 1
    ? 'The Host header is not a name or an address'
    : 'The request has several Host headers'
}
