import { z } from 'zod'
import { notKubernetesError } from '../kube/kube-errors.ts'
import type { KubeClient } from '../kube/kube-client.ts'

/** Where the OpenAPI document of one group version lies. */
export interface DocumentPlace {
  /** Such as `apis/apps/v1`. */
  path: string
  url: string
  /** Of the content; undefined on servers that do not tell, whose documents are never known. */
  hash: string | undefined
}

export type OpenApiIndex =
  | { outcome: 'published'; places: ReadonlyMap<string, DocumentPlace> }
  | { outcome: 'unpublished' | 'forbidden' }

const INDEX_PATH = '/openapi/v3'
const Index = z.object({ paths: z.record(z.string(), z.object({ serverRelativeURL: z.string() })) })

/** Reads the index of OpenAPI documents; an unchanged one is a 304. */
export function createIndexReader(
  client: KubeClient,
): (signal: AbortSignal) => Promise<OpenApiIndex> {
  let last: { etag: string | undefined; index: OpenApiIndex } | undefined
  return async (signal) => {
    const reply = await client.get(INDEX_PATH, signal, { etag: last?.etag })
    if (reply.status === 304 && last) return last.index
    if (reply.status === 403) return { outcome: 'forbidden' }
    if (reply.status !== 200) return { outcome: 'unpublished' }
    const index: OpenApiIndex = { outcome: 'published', places: placesOf(reply.body) }
    last = { etag: reply.etag, index }
    return index
  }
}

function placesOf(body: Uint8Array): Map<string, DocumentPlace> {
  const places = new Map<string, DocumentPlace>()
  for (const [path, { serverRelativeURL: url }] of Object.entries(readIndex(body).paths)) {
    places.set(path, { path, url: below(url), hash: hashOf(url) })
  }
  return places
}

function readIndex(body: Uint8Array): z.infer<typeof Index> {
  try {
    return Index.parse(JSON.parse(new TextDecoder().decode(body)))
  } catch {
    throw notKubernetesError('The server', INDEX_PATH)
  }
}

/** A server behind a proxy may write the proxy's prefix before its own path; the client adds that itself. */
function below(url: string): string {
  const start = url.indexOf(`${INDEX_PATH}/`)
  return start > 0 ? url.slice(start) : url
}

/** Only what can stand in a source key. */
function hashOf(url: string): string | undefined {
  return /[?&]hash=([A-Za-z0-9_-]+)/.exec(url)?.[1]
}
