import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { ClusterReply } from './cluster-reply.ts'

// A Kubernetes server does not compress smaller responses.
const GZIP_FROM_BYTES = 128 * 1024
const compress = promisify(gzip)

/** Writes a response: 304 for a known ETag, gzip for large API objects. `cut` closes the connection halfway. */
export async function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: ClusterReply,
  cut: boolean,
): Promise<void> {
  const etag = reply.headers['etag']
  if (etag !== undefined && request.headers['if-none-match'] === etag) {
    response
      .writeHead(304, { etag, ...copyHeader(reply, 'vary'), ...copyHeader(reply, 'cache-control') })
      .end()
    return
  }
  const plain = Buffer.from(reply.body)
  const zipped = reply.compressible && plain.length >= GZIP_FROM_BYTES && acceptsGzip(request)
  // Level 1 as on a real server, because a page of CRDs is 4 MB.
  const body = zipped ? await compress(plain, { level: 1 }) : plain
  response.writeHead(reply.status, {
    ...reply.headers,
    'content-length': body.length,
    ...(zipped ? { 'content-encoding': 'gzip', vary: withEncoding(reply.headers['vary']) } : {}),
  })
  if (!cut) {
    response.end(body)
    return
  }
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy())
}

function acceptsGzip(request: IncomingMessage): boolean {
  return /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
}

function withEncoding(vary: string | undefined): string {
  return vary === undefined ? 'Accept-Encoding' : `${vary}, Accept-Encoding`
}

function copyHeader(reply: ClusterReply, name: string): Record<string, string> {
  const value = reply.headers[name]
  return value === undefined ? {} : { [name]: value }
}
