import { sleep } from '@capstan/shared/async/sleep'
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { ProviderEvent, StoredEvent } from '@capstan/shared/contract/scan/scan-event'
import { parseStoredEvent } from '@capstan/scan-store/journal/read/read-event-page'
import { parseProviderEvent } from '@capstan/limits/limiter/provider-events'
import type { Log } from '@capstan/shared/log'
import type { RedisKeys } from '@capstan/redis/keys'

export interface EventHubDeps {
  /** Connection for commands. */
  redis: Redis
  /** Connection used only for XREAD BLOCK. The caller owns both connections. */
  blocking: Redis
  keys: RedisKeys
  log: Log
}

/** One blocking reader for all scans that have listeners in this process. */
export interface EventHub {
  /**
   * Notifies `listener` of every event that is written after the promise resolves. Returns a function that
   * unsubscribes.
   */
  follow(scanId: string, listener: EventListener): Promise<() => void>
  close(): Promise<void>
}

export interface EventListener {
  onEvent(event: StoredEvent): void
  /** Receives events of all providers, including those that the scan does not use. */
  onProvider(event: ProviderEvent): void
  /** Called when Redis restarted without its newest events, so stored positions are invalid. */
  onRewind(): void
}

interface Subscription {
  /** Stream id of the last delivered event. */
  position: string
  listeners: Set<EventListener>
}

const BLOCK_MS = 5_000
/** Delay after a read, in which events accumulate. Without it a busy stream used 1.6 times the CPU time of the API. */
const GATHER_MS = 20
/** No delay after larger reads: a burst must fit into the buffer of a reader. */
const MAX_CHARS_BEFORE_GATHERING = 32_768
/** Maximum time that a wake key outlives its process. */
const WAKE_KEEP_SECONDS = 3_600

/** Opens the hub. Only `close` ends it: it waits for an unreachable Redis and continues reading where it stopped. */
export function openEventHub(deps: EventHubDeps): EventHub {
  const { redis, keys } = deps
  const followed = new Map<string, Subscription>()
  const stopping = new AbortController()
  const wakeKey = keys.streamWake(randomUUID())
  let notifyFirst: () => void = () => undefined
  const waitForListener = (): Promise<void> => new Promise((resolve) => (notifyFirst = resolve))
  const running = readAll(deps, { followed, wakeKey, signal: stopping.signal, waitForListener })
  return {
    follow: async (scanId, listener) => {
      const position = followed.has(scanId) ? '' : await readNewestEventId(redis, keys, scanId)
      // Another call may have added the entry meanwhile.
      const entry = followed.get(scanId) ?? { position, listeners: new Set() }
      entry.listeners.add(listener)
      const unsubscribe = (): void => {
        entry.listeners.delete(listener)
        if (entry.listeners.size === 0 && followed.get(scanId) === entry) followed.delete(scanId)
      }
      if (followed.has(scanId)) return unsubscribe
      followed.set(scanId, entry)
      notifyFirst()
      await wakeReader(redis, wakeKey).catch((error: unknown) => {
        unsubscribe()
        throw error
      })
      return unsubscribe
    },
    close: async () => {
      stopping.abort()
      notifyFirst()
      if (redis.status === 'ready') await wakeReader(redis, wakeKey).catch(() => undefined)
      else deps.blocking.disconnect()
      await running
    },
  }
}

interface ReadContext {
  followed: Map<string, Subscription>
  wakeKey: string
  signal: AbortSignal
  waitForListener: () => Promise<void>
}

async function readAll(deps: EventHubDeps, context: ReadContext): Promise<void> {
  const { followed, signal } = context
  const positions: StreamPositions = { wake: '0-0', providers: undefined }
  let hasReconnected = false
  deps.blocking.on('ready', () => (hasReconnected = true))
  while (!signal.aborted) {
    if (followed.size === 0) {
      await context.waitForListener()
      // Events published without listeners are not delivered later.
      positions.providers = undefined
      continue
    }
    try {
      if (hasReconnected) {
        await notifyRewinds(deps, followed)
        positions.providers = undefined
      }
      hasReconnected = false
      positions.providers ??= await readNewestId(deps.redis, deps.keys.providerEvents)
      const length = await readOnce(deps, context, positions)
      if (length > MAX_CHARS_BEFORE_GATHERING) continue
      await sleep(GATHER_MS, { signal })
    } catch (error) {
      if (signal.aborted) return
      deps.log.warn({ err: error }, 'reading events failed; it is retried')
      await sleep(500, { signal })
    }
  }
}

/** Stream ids up to which the shared streams have been read. */
interface StreamPositions {
  wake: string
  providers: string | undefined
}

/**
 * Waits for events of any followed scan or provider, or for the wake key, which signals new subscriptions. Returns the
 * number of event characters read.
 */
async function readOnce(
  { blocking, keys }: EventHubDeps,
  { followed, wakeKey }: ReadContext,
  positions: StreamPositions,
): Promise<number> {
  const scanIds = [...followed.keys()]
  const reply = await blocking.xread(
    'COUNT',
    1_000,
    'BLOCK',
    BLOCK_MS,
    'STREAMS',
    wakeKey,
    keys.providerEvents,
    ...scanIds.map((id) => keys.scanEvents(id)),
    positions.wake,
    positions.providers ?? '$',
    ...scanIds.map((id) => followed.get(id)?.position ?? '$'),
  )
  const byKey = new Map(scanIds.map((id) => [keys.scanEvents(id), id]))
  const streams = reply ?? []
  for (const [key, entries] of streams) {
    const newest = entries.at(-1)?.[0]
    if (newest === undefined) continue
    if (key === wakeKey) positions.wake = newest
    else if (key === keys.providerEvents) {
      positions.providers = newest
      deliverProviderEvents(followed, entries)
    } else deliver(followed, byKey.get(key) ?? '', entries)
  }
  return countChars(streams.flatMap(([, entries]) => entries))
}

function countChars(entries: Entry[]): number {
  return entries.reduce((sum, [, fields]) => sum + (fields.at(-1)?.length ?? 0), 0)
}

type Entry = [id: string, fields: string[]]

function deliverProviderEvents(followed: Map<string, Subscription>, entries: Entry[]): void {
  for (const [, fields] of entries) {
    const event = parseProviderEvent(fields)
    if (!event) continue
    for (const { listeners } of followed.values()) {
      for (const listener of listeners) listener.onProvider(event)
    }
  }
}

function deliver(followed: Map<string, Subscription>, scanId: string, entries: Entry[]): void {
  const entry = followed.get(scanId)
  if (!entry) return
  for (const [id, fields] of entries) {
    entry.position = id
    const event = parseStoredEvent(scanId, id, fields)
    for (const listener of entry.listeners) listener.onEvent(event)
  }
}

/** A Redis that lost its newest writes reuses sequence numbers, so readers must start over. */
async function notifyRewinds(
  { redis, keys }: EventHubDeps,
  followed: Map<string, Subscription>,
): Promise<void> {
  for (const [scanId, entry] of followed) {
    const newest = await readNewestEventId(redis, keys, scanId)
    if (parseSequence(newest) >= parseSequence(entry.position)) continue
    entry.position = newest
    for (const listener of entry.listeners) listener.onRewind()
  }
}

function parseSequence(id: string): number {
  return Number(id.split('-')[0])
}

function readNewestEventId(redis: Redis, keys: RedisKeys, scanId: string): Promise<string> {
  return readNewestId(redis, keys.scanEvents(scanId))
}

async function readNewestId(redis: Redis, stream: string): Promise<string> {
  const [newest] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1)
  return newest?.[0] ?? '0-0'
}

async function wakeReader(redis: Redis, wakeKey: string): Promise<void> {
  await redis
    .multi()
    .xadd(wakeKey, 'MAXLEN', 1, '*', 'wake', '1')
    .expire(wakeKey, WAKE_KEEP_SECONDS)
    .exec()
}
