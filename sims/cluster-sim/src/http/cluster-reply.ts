/** A response before it is written. `send-reply.ts` adds ETag handling and compression. */
export interface ClusterReply {
  status: number
  body: string | Buffer
  headers: Record<string, string>
  /** A server compresses API objects, but not OpenAPI documents. */
  compressible: boolean
}

export function createJsonReply(
  body: string | object,
  headers: Record<string, string> = {},
): ClusterReply {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = { 'content-type': 'application/json' }
  return { status: 200, body: text, headers: { ...type, ...headers }, compressible: true }
}

/** A failure as a Kubernetes Status object. */
export function createFailureReply(status: number, reason: string, message: string): ClusterReply {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code: status,
  }
  return { ...createJsonReply(body), status }
}
