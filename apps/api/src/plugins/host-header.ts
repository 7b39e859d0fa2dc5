import type { FastifyRequest } from 'fastify'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'

/** A name, an IPv4 address or an IPv6 address in brackets, and a port. */
const HOST = /^(?:[\w.-]{1,253}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i

/**
 * Refuses a request without exactly one valid Host header with 400 (RFC 9112, 3.2). A proxy and this server could read
 * two of them differently. HTTP/1.0, as health checks of load balancers use it, may leave it out.
 */
export function installHostHeader(app: App): void {
  app.addHook('onRequest', async (request) => {
    const hosts = hostHeaders(request)
    if (hosts.length === 0 && request.raw.httpVersion === '1.0') return
    const [host = ''] = hosts
    if (hosts.length === 1 && HOST.test(host)) return
    throw new AppError('VALIDATION', faultOf(hosts), {
      hint: 'Send one Host header with the name and the port of this server, such as `Host: 127.0.0.1:8080`.',
    })
  })
}

function hostHeaders({ raw: { rawHeaders } }: FastifyRequest): string[] {
  return rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host',
  )
}

function faultOf(hosts: string[]): string {
  if (hosts.length === 0) return 'The request has no Host header'
  return hosts.length === 1
    ? 'The Host header is not a name or an address'
    : 'The request has several Host headers'
}
