import { setTimeout as wait } from 'node:timers/promises'
import { backoffMs } from '@capstan/shared/async/backoff'
import { z } from 'zod'
import { CRDS_PATH } from '../definitions/read-crd-names.ts'
import type { KubeClient } from '../kube/kube-client.ts'
import { forbiddenError, notKubernetesError, statusError } from '../kube/kube-errors.ts'
import { listItems } from '../kube/list-items.ts'
import type { CrdChange, CrdEntry } from './crd-change.ts'

const Metadata = z.object({
  name: z.string(),
  uid: z.string(),
  generation: z.int().default(0),
  resourceVersion: z.string().default(''),
})
const List = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  items: listItems(z.object({ metadata: Metadata })),
})
const WatchEvent = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['ADDED', 'MODIFIED']), object: z.object({ metadata: Metadata }) }),
  z.object({ type: z.literal('DELETED'), object: z.object({ metadata: Metadata }) }),
  z.object({
    type: z.literal('BOOKMARK'),
    object: z.object({ metadata: z.object({ resourceVersion: z.string() }) }),
  }),
  z.object({ type: z.literal('ERROR'), object: z.looseObject({ code: z.int().optional() }) }),
])

type WatchEvent = z.infer<typeof WatchEvent>
const EXPIRED: WatchEvent = { type: 'ERROR', object: {} }

const METADATA_LIST =
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json'
/** The server ends a watch after this time. It bounds how long a dead connection goes unnoticed. */
const WATCH_TIMEOUT_SECONDS = 240
/** The metadata of a CRD has a few KB. The limit bounds memory for an endless line. */
const MAX_LINE_LENGTH = 4 * 1024 * 1024
const RELIST_DELAY_MS = 1_000
const RESUME_BACKOFF = { firstMs: 200, longestMs: 30_000 }

/**
 * Watches the metadata of CRDs until the signal aborts. A broken watch resumes from its last resource version. If the server
 * no longer has that version (410), the CRDs are listed again, so that no change is missed. Throws AppError when a list
 * fails.
 */
export async function* watchCrdMetadata(
  client: KubeClient,
  signal: AbortSignal,
): AsyncGenerator<CrdChange> {
  for (;;) {
    const { crds, resourceVersion } = await list(client, signal)
    yield { type: 'listed', crds }
    yield* follow(client, resourceVersion, signal)
    // Limits the rate of lists if the server expires every watch at once.
    await wait(RELIST_DELAY_MS, undefined, { signal })
  }
}

async function list(
  client: KubeClient,
  signal: AbortSignal,
): Promise<{ crds: CrdEntry[]; resourceVersion: string }> {
  const { status, body } = await client.get(CRDS_PATH, signal, { accept: METADATA_LIST })
  if (status === 403) throw forbiddenError('customresourcedefinitions')
  if (status !== 200) throw statusError(CRDS_PATH, status)
  const parsed = List.safeParse(parse(new TextDecoder().decode(body)))
  if (!parsed.success) throw notKubernetesError('The server', CRDS_PATH)
  const { items, metadata } = parsed.data
  return { crds: items.map((item) => toCrdEntry(item.metadata)), ...metadata }
}

/** Returns when the server no longer has the resource version, so that a list is required. */
async function* follow(
  client: KubeClient,
  firstVersion: string,
  signal: AbortSignal,
): AsyncGenerator<CrdChange> {
  let resourceVersion = firstVersion
  let failures = 0
  while (!signal.aborted) {
    try {
      for await (const event of watchOnce(client, resourceVersion, signal)) {
        if (event.type === 'ERROR') return
        failures = 0
        resourceVersion = event.object.metadata.resourceVersion || resourceVersion
        if (event.type !== 'BOOKMARK') yield toCrdChange(event)
      }
    } catch (error) {
      if (signal.aborted || isForbidden(error)) throw error
      failures++
    }
    await wait(backoffMs(failures, RESUME_BACKOFF), undefined, { signal })
  }
}

/** Events of one watch request. A line that is not an event counts as an expired resource version. */
async function* watchOnce(
  client: KubeClient,
  resourceVersion: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const { status, body } = await client.stream(watchPath(resourceVersion), signal, METADATA)
  if (status === 403) throw forbiddenError('customresourcedefinitions')
  if (status === 410) yield EXPIRED
  else if (status !== 200) throw statusError(CRDS_PATH, status)
  for await (const line of readLines(body)) yield WatchEvent.safeParse(parse(line)).data ?? EXPIRED
}

function toCrdChange({
  type,
  object,
}: Extract<WatchEvent, { type: 'ADDED' | 'MODIFIED' | 'DELETED' }>): CrdChange {
  if (type === 'DELETED') return { type: 'deleted', name: object.metadata.name }
  return { type: 'changed', crd: toCrdEntry(object.metadata) }
}

function toCrdEntry({ name, uid, generation }: CrdEntry): CrdEntry {
  return { name, uid, generation }
}

function watchPath(resourceVersion: string): string {
  const query = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion,
    timeoutSeconds: String(WATCH_TIMEOUT_SECONDS),
  })
  return `${CRDS_PATH}?${query.toString()}`
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'CLUSTER_FORBIDDEN'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Splits a UTF-8 stream into lines. Throws if a line is longer than 4 MB. Drops an incomplete last line. */
async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_LENGTH) throw new Error('a line of the watch is longer than 4 MB')
    yield* lines.filter((line) => line !== '')
  }
}
