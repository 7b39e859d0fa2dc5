/** An answer before it is written; `send-reply.ts` adds ETag handling and compression. */
export interface Reply {
  status: number
  body: string | Buffer
  headers: Record<string, string>
  /** A server compresses API objects, but never OpenAPI documents. */
  compressible: boolean
}

export function json(body: string | object, headers: Record<string, string> = {}): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = { 'content-type': 'application/json' }
  return { status: 200, body: text, headers: { ...type, ...headers }, compressible: true }
}

/** A failure as Kubernetes reports it: a Status object. */
export function failure(status: number, reason: string, message: string): Reply {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code: status,
  }
  return { ...json(body), status }
}
