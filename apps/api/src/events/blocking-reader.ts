import { sleep } from '@capstan/shared/async/sleep'
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Log } from '@capstan/shared/log'
import type { RedisKeys } from '@capstan/redis/keys'

export interface ReaderDeps {
  /** Connection for commands. */
  redis: Redis
  /** Connection used only for XREAD BLOCK. The caller owns both connections. */
  blocking: Redis
  keys: RedisKeys
  log: Log
}

export type StreamEntry = [id: string, fields: string[]]

export interface EntryListener {
  onEntries(entries: StreamEntry[]): void
  /**
   * Called when entries after the last delivered one are unknown: Redis restarted without its newest writes, trimmed them, or an
   * entry could not be processed.
   */
  onLoss(): void
}

export interface FollowedStream {
  /** Every entry after this stream id is delivered. */
  position: string
  unfollow: () => void
}

/** One blocking read for all streams of Redis that have listeners in this process. */
export interface BlockingReader {
  /** Delivers every entry that is written to the stream `key` after the promise resolves. */
  follow(key: string, listener: EntryListener): Promise<FollowedStream>
  close(): Promise<void>
}

interface Source {
  /** Stream id of the last delivered entry. */
  position: string
  /** Field `at` of that entry: streams of scans reuse ids after a restart that lost writes. */
  stamp: string
  listeners: Set<EntryListener>
}

const BLOCK_MS = 5_000
/** Delay after a read, in which entries accumulate. Without it a busy stream used 1.6 times the CPU time of the API. */
const GATHER_MS = 20
/** No delay after larger reads: a burst must fit into the buffer of a reader. */
const MAX_CHARS_BEFORE_GATHERING = 32_768
/** Maximum time that a wake key outlives its process. */
const WAKE_KEEP_SECONDS = 3_600

/** Opens the reader. Only `close` ends it: it waits for an unreachable Redis and continues reading where it stopped. */
export function openBlockingReader(deps: ReaderDeps): BlockingReader {
  const { redis, keys } = deps
  const sources = new Map<string, Source>()
  const stopping = new AbortController()
  const wakeKey = keys.streamWake(randomUUID())
  let notifyFirst: () => void = () => undefined
  const waitForListener = (): Promise<void> => new Promise((resolve) => (notifyFirst = resolve))
  const running = readAll(deps, { sources, wakeKey, signal: stopping.signal, waitForListener })
  return {
    follow: async (key, listener) => {
      const newest = sources.has(key) ? NO_ENTRY : await readNewest(redis, key)
      // Another call may have added the source meanwhile.
      const source = sources.get(key) ?? { ...newest, listeners: new Set() }
      source.listeners.add(listener)
      const unfollow = (): void => {
        source.listeners.delete(listener)
        if (source.listeners.size === 0 && sources.get(key) === source) sources.delete(key)
      }
      const { position } = source
      if (sources.has(key)) return { position, unfollow }
      sources.set(key, source)
      notifyFirst()
      await wakeReader(redis, wakeKey).catch((error: unknown) => {
        unfollow()
        throw error
      })
      return { position, unfollow }
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
  sources: Map<string, Source>
  wakeKey: string
  signal: AbortSignal
  waitForListener: () => Promise<void>
}

async function readAll(deps: ReaderDeps, context: ReadContext): Promise<void> {
  const { sources, signal } = context
  const wake = { position: '0-0' }
  let hasReconnected = false
  deps.blocking.on('ready', () => (hasReconnected = true))
  while (!signal.aborted) {
    if (sources.size === 0) {
      await context.waitForListener()
      continue
    }
    try {
      if (hasReconnected) await notifyLosses(deps, sources)
      hasReconnected = false
      const length = await readOnce(deps, context, wake)
      if (length > MAX_CHARS_BEFORE_GATHERING) continue
      await sleep(GATHER_MS, { signal })
    } catch (error) {
      if (signal.aborted) return
      deps.log.warn({ err: error }, 'reading events failed; it is retried')
      await sleep(500, { signal })
    }
  }
}

/**
 * Waits for entries of any source, or for the wake key, which signals new sources. Returns the number of characters read.
 */
async function readOnce(
  { blocking, log }: ReaderDeps,
  { sources, wakeKey }: ReadContext,
  wake: { position: string },
): Promise<number> {
  const followed = [...sources.keys()]
  const reply = await blocking.xread(
    'COUNT',
    1_000,
    'BLOCK',
    BLOCK_MS,
    'STREAMS',
    wakeKey,
    ...followed,
    wake.position,
    ...followed.map((key) => sources.get(key)?.position ?? '$'),
  )
  const streams = reply ?? []
  for (const [key, entries] of streams) {
    const newest = entries.at(-1)
    if (!newest) continue
    if (key === wakeKey) wake.position = newest[0]
    const source = sources.get(key)
    if (source) deliver(source, entries, log)
  }
  return countChars(streams.flatMap(([, entries]) => entries))
}

function countChars(entries: StreamEntry[]): number {
  return entries.reduce((sum, [, fields]) => sum + (fields.at(-1)?.length ?? 0), 0)
}

function deliver(source: Source, entries: StreamEntry[], log: Log): void {
  Object.assign(source, toPosition(entries.at(-1)))
  for (const listener of source.listeners) {
    try {
      listener.onEntries(entries)
    } catch (error) {
      log.warn({ err: error }, 'an event could not be read')
      listener.onLoss()
    }
  }
}

/** A Redis that lost its newest writes no longer has the last delivered entry, so readers must start over. */
async function notifyLosses({ redis }: ReaderDeps, sources: Map<string, Source>): Promise<void> {
  for (const [key, source] of sources) {
    const { position, stamp } = source
    if (position === NO_ENTRY.position) continue
    const [entry] = await redis.xrange(key, position, position)
    if (entry && toPosition(entry).stamp === stamp) continue
    Object.assign(source, await readNewest(redis, key))
    for (const listener of source.listeners) listener.onLoss()
  }
}

const NO_ENTRY = { position: '0-0', stamp: '' }

function toPosition(entry: StreamEntry | undefined): Pick<Source, 'position' | 'stamp'> {
  if (!entry) return NO_ENTRY
  const [position, fields] = entry
  return { position, stamp: fields[fields.indexOf('at') + 1] ?? '' }
}

async function readNewest(
  redis: Redis,
  stream: string,
): Promise<Pick<Source, 'position' | 'stamp'>> {
  const [newest] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1)
  return toPosition(newest)
}

async function wakeReader(redis: Redis, wakeKey: string): Promise<void> {
  await redis
    .multi()
    .xadd(wakeKey, 'MAXLEN', 1, '*', 'wake', '1')
    .expire(wakeKey, WAKE_KEEP_SECONDS)
    .exec()
}
