import { z } from 'zod'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { notKubernetesError } from '../kube/kube-errors.ts'
import type { KubeClient } from '../kube/kube-client.ts'

/** The location of the OpenAPI document of one group version. */
export interface DocumentLocation {
  /** Such as `apis/apps/v1`. */
  path: string
  url: string
  /** Content hash. Undefined on servers that publish none: their documents are never cached. */
  hash: string | undefined
}

export type OpenApiIndex =
  | { outcome: 'published'; locations: ReadonlyMap<string, DocumentLocation> }
  | { outcome: 'unpublished' | 'forbidden' }

const INDEX_PATH = '/openapi/v3'
const Index = z.object({ paths: z.record(z.string(), z.object({ serverRelativeURL: z.string() })) })

/** Reads the index of OpenAPI documents. An unchanged index costs a 304. */
export function createIndexReader(
  client: KubeClient,
): (signal: AbortSignal) => Promise<OpenApiIndex> {
  let last: { etag: string | undefined; index: OpenApiIndex } | undefined
  return async (signal) => {
    const reply = await client.get(INDEX_PATH, signal, { etag: last?.etag })
    if (reply.status === 304 && last) return last.index
    if (reply.status === 403) return { outcome: 'forbidden' }
    if (reply.status !== 200) return { outcome: 'unpublished' }
    const index: OpenApiIndex = { outcome: 'published', locations: readLocations(reply.body) }
    last = { etag: reply.etag, index }
    return index
  }
}

function readLocations(body: Uint8Array): Map<string, DocumentLocation> {
  const locations = new Map<string, DocumentLocation>()
  for (const [path, { serverRelativeURL: url }] of Object.entries(readIndex(body).paths)) {
    locations.set(path, { path, url: stripPrefix(url), hash: parseHash(url) })
  }
  return locations
}

function readIndex(body: Uint8Array): z.infer<typeof Index> {
  try {
    return Index.parse(JSON.parse(new TextDecoder().decode(body)))
  } catch {
    throw notKubernetesError('The server', INDEX_PATH)
  }
}

/** Removes the path prefix of a proxy, which the client adds again. */
function stripPrefix(url: string): string {
  const start = url.indexOf(`${INDEX_PATH}/`)
  return start > 0 ? url.slice(start) : url
}

/** Accepts only characters that are valid in a source key. */
function parseHash(url: string): string | undefined {
  return /[?&]hash=([A-Za-z0-9_-]+)/.exec(url)?.[1]
}

/** Path of the document of a group version, as in the index. */
export function buildDocumentPath({ group, version }: ResourceType): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`
}
