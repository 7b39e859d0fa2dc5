import { setTimeout as wait } from 'node:timers/promises'
import { backoffMs } from '@capstan/shared/async/backoff'
import { z } from 'zod'
import { CRDS_PATH } from '../definitions/read-crd-names.ts'
import type { KubeClient } from '../kube/kube-client.ts'
import { forbiddenError, notKubernetesError, statusError } from '../kube/kube-errors.ts'
import { listItems } from '../kube/list-items.ts'
import type { CrdEntry } from '../reduce/reducer-tasks.ts'
import type { CrdChange } from './crd-change.ts'
import { readWatchLines } from './read-watch-lines.ts'

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
const LOST: WatchEvent = { type: 'ERROR', object: {} }

const METADATA_LIST =
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json'
/** The server ends a watch by then; a connection that died unheard is not trusted for longer. */
const WATCH_SECONDS = 240
const RELIST_MS = 1_000
const RESUME_STEPS = { firstMs: 200, longestMs: 30_000 }

/**
 * Follows the CRDs of a cluster by their metadata alone, until the signal fires. Goes on from where a broken watch
 * stopped, and lists anew when the server no longer knows that place (410), so that no change is missed. Throws
 * AppError when a list is refused or fails.
 */
export async function* watchCrdMetadata(
  client: KubeClient,
  signal: AbortSignal,
): AsyncGenerator<CrdChange> {
  for (;;) {
    const { crds, resourceVersion } = await list(client, signal)
    yield { type: 'listed', crds }
    yield* follow(client, resourceVersion, signal)
    // A server that forgets at once must not be listed without end.
    await wait(RELIST_MS, undefined, { signal })
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
  return { crds: items.map((item) => entryOf(item.metadata)), ...metadata }
}

/** Ends when the server has forgotten the place, so that a list must say what happened. */
async function* follow(
  client: KubeClient,
  from: string,
  signal: AbortSignal,
): AsyncGenerator<CrdChange> {
  let place = from
  let failures = 0
  while (!signal.aborted) {
    try {
      for await (const event of eventsSince(client, place, signal)) {
        if (event.type === 'ERROR') return
        failures = 0
        place = event.object.metadata.resourceVersion || place
        if (event.type !== 'BOOKMARK') yield toCrdChange(event)
      }
    } catch (error) {
      if (signal.aborted || isForbidden(error)) throw error
      failures++
    }
    await wait(backoffMs(failures, RESUME_STEPS), undefined, { signal })
  }
}

/** Ends as the watch ends. What is no event is as good as a lost place. */
async function* eventsSince(
  client: KubeClient,
  place: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const { status, body } = await client.stream(watchPath(place), signal, METADATA)
  if (status === 403) throw forbiddenError('customresourcedefinitions')
  if (status === 410) yield LOST
  else if (status !== 200) throw statusError(CRDS_PATH, status)
  for await (const line of readWatchLines(body))
    yield WatchEvent.safeParse(parse(line)).data ?? LOST
}

function toCrdChange({
  type,
  object,
}: Extract<WatchEvent, { type: 'ADDED' | 'MODIFIED' | 'DELETED' }>): CrdChange {
  if (type === 'DELETED') return { type: 'deleted', name: object.metadata.name }
  return { type: 'changed', crd: entryOf(object.metadata) }
}

function entryOf({ name, uid, generation }: CrdEntry): CrdEntry {
  return { name, uid, generation }
}

function watchPath(resourceVersion: string): string {
  const query = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion,
    timeoutSeconds: String(WATCH_SECONDS),
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
