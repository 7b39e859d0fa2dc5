import { hashSha512 } from '../crds/stored-crd.ts'
import { isDown, createNotFoundReply, createUnavailableReply } from './answer-discovery.ts'
import type { ClusterExchange } from './cluster-exchange.ts'
import { createJsonReply, type ClusterReply } from './cluster-reply.ts'

/** GET /openapi/v3: the URL of each document; it contains the content hash. */
export function answerOpenApiIndex({ view }: ClusterExchange): ClusterReply {
  const paths = [...view.documents].map(([path, { hash }]) => [
    path,
    { serverRelativeURL: buildDocumentUrl(path, hash) },
  ])
  const body = JSON.stringify({ paths: Object.fromEntries(paths) })
  const etag = `"${hashSha512(body)}"`
  const headers = { etag, vary: 'Accept', 'cache-control': 'no-cache, private' }
  return { ...createJsonReply(body, headers), compressible: false }
}

/** GET /openapi/v3/<path>: immutable under its hash; a wrong hash is redirected. */
export function answerOpenApiDocument(
  { view, url, faults }: ClusterExchange,
  parts: string[],
): ClusterReply {
  const [path = ''] = parts
  const document = view.documents.get(path)
  if (isDown(path.split('/')[1] ?? '', faults)) return createUnavailableReply()
  if (!document) return createNotFoundReply()
  const asked = url.searchParams.get('hash')
  if (asked !== null && asked !== document.hash) {
    const location = buildDocumentUrl(path, document.hash)
    return { status: 301, body: '', headers: { location }, compressible: false }
  }
  const cached = { 'cache-control': 'public, immutable', expires: formatExpiry() }
  const headers = {
    vary: 'Accept',
    etag: `"${document.hash}"`,
    ...(asked === null ? { 'cache-control': 'no-cache, private' } : cached),
  }
  return { ...createJsonReply(document.text(), headers), compressible: false }
}

function buildDocumentUrl(path: string, hash: string): string {
  return `/openapi/v3/${path}?hash=${hash}`
}

function formatExpiry(): string {
  return new Date(Date.now() + 365 * 24 * 3_600_000).toUTCString()
}
