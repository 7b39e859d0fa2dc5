import { sleep } from '@capstan/shared/async/sleep'
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { ProviderEvent, StoredEvent } from '@capstan/shared/contract/scan/scan-event'
import { parseStoredEvent } from '@capstan/scan-store/journal/event-page'
import { parseProviderNews } from '@capstan/limits/provider-news'
import type { Log } from '@capstan/shared/log'
import type { RedisKeys } from '@capstan/redis/keys'

export interface EventHubDeps {
  /** For commands. */
  redis: Redis
  /** A connection for XREAD BLOCK alone. Both stay the caller's. */
  blocking: Redis
  keys: RedisKeys
  log: Log
}

/** One blocking reader for all scans that somebody in this process listens to. */
export interface EventHub {
  /** Tells `listener` every event that is written after this call has ended. */
  follow(scanId: string, listener: EventListener): Promise<() => void>
  close(): Promise<void>
}

export interface EventListener {
  onEvent(event: StoredEvent): void
  /** Of any provider, also one that the scan does not use. */
  onProvider(event: ProviderEvent): void
  /** Redis came back without its newest events: positions mean nothing any more. */
  onRewind(): void
}

interface Followed {
  /** Stream id up to which events have been handed out. */
  position: string
  listeners: Set<EventListener>
}

const BLOCK_MS = 5_000
/** After a read, events gather for this long: without it a busy stream took 1.6 times the API's processor time. */
const GATHER_MS = 20
/** Not after a read of more characters: what comes at once must fit into the outbox of a reader. */
const MOST_BEFORE_GATHERING = 32_768
/** A wake key outlives the process that made it by this at most. */
const WAKE_KEEP_SECONDS = 3_600

/** Ends by `close` only; a Redis that is away is waited for, and reading goes on where it stopped. */
export function openEventHub(deps: EventHubDeps): EventHub {
  const { redis, keys } = deps
  const followed = new Map<string, Followed>()
  const stopping = new AbortController()
  const wakeKey = keys.streamWake(randomUUID())
  let first: () => void = () => undefined
  const someListener = (): Promise<void> => new Promise((resolve) => (first = resolve))
  const running = readAll(deps, { followed, wakeKey, signal: stopping.signal, someListener })
  return {
    follow: async (scanId, listener) => {
      const position = followed.has(scanId) ? '' : await newestId(redis, keys, scanId)
      // Another caller may have come first while this one asked.
      const entry = followed.get(scanId) ?? { position, listeners: new Set() }
      entry.listeners.add(listener)
      const leave = (): void => {
        entry.listeners.delete(listener)
        if (entry.listeners.size === 0 && followed.get(scanId) === entry) followed.delete(scanId)
      }
      if (followed.has(scanId)) return leave
      followed.set(scanId, entry)
      first()
      await ringWake(redis, wakeKey).catch((error: unknown) => {
        leave()
        throw error
      })
      return leave
    },
    close: async () => {
      stopping.abort()
      first()
      if (redis.status === 'ready') await ringWake(redis, wakeKey).catch(() => undefined)
      else deps.blocking.disconnect()
      await running
    },
  }
}

interface Reading {
  followed: Map<string, Followed>
  wakeKey: string
  signal: AbortSignal
  someListener: () => Promise<void>
}

async function readAll(deps: EventHubDeps, reading: Reading): Promise<void> {
  const { followed, signal } = reading
  const marks: Marks = { wake: '0-0', news: undefined }
  let reconnected = false
  deps.blocking.on('ready', () => (reconnected = true))
  while (!signal.aborted) {
    if (followed.size === 0) {
      await reading.someListener()
      // Nobody has missed what was told while nobody listened.
      marks.news = undefined
      continue
    }
    try {
      if (reconnected) {
        await tellRewinds(deps, followed)
        marks.news = undefined
      }
      reconnected = false
      marks.news ??= await newestOf(deps.redis, deps.keys.providerNews)
      const length = await readOnce(deps, reading, marks)
      if (length > MOST_BEFORE_GATHERING) continue
      await sleep(GATHER_MS, { signal })
    } catch (error) {
      if (signal.aborted) return
      deps.log.warn({ err: error }, 'reading events failed; it goes on')
      await sleep(500, { signal })
    }
  }
}

/** Stream ids up to which the streams of all scans together have been read. */
interface Marks {
  wake: string
  news: string | undefined
}

/**
 * Waits for events of any followed scan or provider, or for the wake key, which says that the list has grown. Returns how
 * many characters of events it has read.
 */
async function readOnce(
  { blocking, keys }: EventHubDeps,
  { followed, wakeKey }: Reading,
  marks: Marks,
): Promise<number> {
  const scanIds = [...followed.keys()]
  const reply = await blocking.xread(
    'COUNT',
    1_000,
    'BLOCK',
    BLOCK_MS,
    'STREAMS',
    wakeKey,
    keys.providerNews,
    ...scanIds.map((id) => keys.scanEvents(id)),
    marks.wake,
    marks.news ?? '$',
    ...scanIds.map((id) => followed.get(id)?.position ?? '$'),
  )
  const byKey = new Map(scanIds.map((id) => [keys.scanEvents(id), id]))
  const streams = reply ?? []
  for (const [key, entries] of streams) {
    const newest = entries.at(-1)?.[0]
    if (newest === undefined) continue
    if (key === wakeKey) marks.wake = newest
    else if (key === keys.providerNews) {
      marks.news = newest
      handOutNews(followed, entries)
    } else handOut(followed, byKey.get(key) ?? '', entries)
  }
  return lengthOf(streams.flatMap(([, entries]) => entries))
}

function lengthOf(entries: Entry[]): number {
  return entries.reduce((sum, [, fields]) => sum + (fields.at(-1)?.length ?? 0), 0)
}

type Entry = [id: string, fields: string[]]

function handOutNews(followed: Map<string, Followed>, entries: Entry[]): void {
  for (const [, fields] of entries) {
    const event = parseProviderNews(fields)
    if (!event) continue
    for (const { listeners } of followed.values()) {
      for (const listener of listeners) listener.onProvider(event)
    }
  }
}

function handOut(followed: Map<string, Followed>, scanId: string, entries: Entry[]): void {
  const entry = followed.get(scanId)
  if (!entry) return
  for (const [id, fields] of entries) {
    entry.position = id
    const event = parseStoredEvent(scanId, id, fields)
    for (const listener of entry.listeners) listener.onEvent(event)
  }
}

/** A Redis that lost its newest writes counts on from an older event; readers must start over. */
async function tellRewinds(
  { redis, keys }: EventHubDeps,
  followed: Map<string, Followed>,
): Promise<void> {
  for (const [scanId, entry] of followed) {
    const newest = await newestId(redis, keys, scanId)
    if (sequence(newest) >= sequence(entry.position)) continue
    entry.position = newest
    for (const listener of entry.listeners) listener.onRewind()
  }
}

function sequence(id: string): number {
  return Number(id.split('-')[0])
}

function newestId(redis: Redis, keys: RedisKeys, scanId: string): Promise<string> {
  return newestOf(redis, keys.scanEvents(scanId))
}

async function newestOf(redis: Redis, stream: string): Promise<string> {
  const [newest] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1)
  return newest?.[0] ?? '0-0'
}

async function ringWake(redis: Redis, wakeKey: string): Promise<void> {
  await redis
    .multi()
    .xadd(wakeKey, 'MAXLEN', 1, '*', 'wake', '1')
    .expire(wakeKey, WAKE_KEEP_SECONDS)
    .exec()
}
