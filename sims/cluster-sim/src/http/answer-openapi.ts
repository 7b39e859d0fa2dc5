import { sha512 } from '../crds/stored-crd.ts'
import { isDown, notFound, unavailable } from './answer-discovery.ts'
import type { Exchange } from './exchange.ts'
import { json, type Reply } from './reply.ts'

/** GET /openapi/v3: where each group-version's document lies, under a URL that names its content. */
export function answerOpenApiIndex({ view }: Exchange): Reply {
  const paths = [...view.documents].map(([path, { hash }]) => [
    path,
    { serverRelativeURL: documentUrl(path, hash) },
  ])
  const body = JSON.stringify({ paths: Object.fromEntries(paths) })
  const etag = `"${sha512(body)}"`
  const headers = { etag, vary: 'Accept', 'cache-control': 'no-cache, private' }
  return { ...json(body, headers), compressible: false }
}

/** GET /openapi/v3/<path>: immutable under its hash, a redirect to it under a wrong one. */
export function answerOpenApiDocument({ view, url, faults }: Exchange, parts: string[]): Reply {
  const [path = ''] = parts
  const document = view.documents.get(path)
  if (isDown(path.split('/')[1] ?? '', faults)) return unavailable()
  if (!document) return notFound()
  const asked = url.searchParams.get('hash')
  if (asked !== null && asked !== document.hash) {
    const location = documentUrl(path, document.hash)
    return { status: 301, body: '', headers: { location }, compressible: false }
  }
  const cached = { 'cache-control': 'public, immutable', expires: inOneYear() }
  const headers = {
    vary: 'Accept',
    etag: `"${document.hash}"`,
    ...(asked === null ? { 'cache-control': 'no-cache, private' } : cached),
  }
  return { ...json(document.text(), headers), compressible: false }
}

function documentUrl(path: string, hash: string): string {
  return `/openapi/v3/${path}?hash=${hash}`
}

function inOneYear(): string {
  return new Date(Date.now() + 365 * 24 * 3_600_000).toUTCString()
}
