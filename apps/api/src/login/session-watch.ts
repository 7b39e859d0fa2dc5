import type { Redis } from 'ioredis'
import { z } from 'zod'
import { SessionEndReason } from '@capstan/shared/contract/login/session'
import type { Log } from '@capstan/shared/log'
import type { RedisKeys } from '@capstan/redis/keys'

export interface SessionWatchDeps {
  redis: Redis
  /** Connection for pub/sub. The caller owns it. */
  subscriber: Redis
  keys: RedisKeys
  log: Pick<Log, 'warn'>
}

/** Notifies event streams of this process about the end of their sessions. */
export interface SessionWatch {
  /** Calls `listener` once when the session ends. Returns a function that stops this. */
  watch(hash: string, listener: (reason: SessionEndReason) => void): () => void
  close(): void
}

type Listener = (reason: SessionEndReason) => void

const SessionEnd = z.object({ hash: z.string(), reason: SessionEndReason })

/** Also finds ends whose message was lost, and sessions that expired. Streams end within 5 s. */
const CHECK_EVERY_MS = 2_000
/** Keys of one EXISTS pipeline. */
const CHUNK = 500

export function openSessionWatch(
  deps: SessionWatchDeps,
  checkEveryMs = CHECK_EVERY_MS,
): SessionWatch {
  const { subscriber, keys, log } = deps
  const watched = new Map<string, Set<Listener>>()
  const notify = (hash: string, reason: SessionEndReason): void => {
    const listeners = watched.get(hash) ?? []
    watched.delete(hash)
    for (const listener of listeners) listener(reason)
  }
  const onMessage = (channel: string, text: string): void => {
    const message = channel === keys.sessionEnds ? parseEnd(text) : undefined
    if (message) notify(message.hash, message.reason)
  }
  subscriber.on('message', onMessage)
  // ioredis subscribes again after each reconnect.
  subscriber.subscribe(keys.sessionEnds).catch((error: unknown) => {
    log.warn({ err: error }, 'messages about ended sessions are not received; they are polled')
  })
  let isChecking = false
  const checking = setInterval(() => {
    if (isChecking || watched.size === 0) return
    isChecking = true
    void findEnded(deps, [...watched.keys()])
      .then((ended) => ended.forEach((hash) => notify(hash, 'expired')))
      // The next check repeats it.
      .catch(() => undefined)
      .finally(() => (isChecking = false))
  }, checkEveryMs).unref()
  return {
    watch: (hash, listener) => {
      const listeners = watched.get(hash) ?? new Set()
      watched.set(hash, listeners.add(listener))
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0 && watched.get(hash) === listeners) watched.delete(hash)
      }
    },
    close: () => {
      clearInterval(checking)
      subscriber.off('message', onMessage)
    },
  }
}

async function findEnded(
  { redis, keys }: Pick<SessionWatchDeps, 'redis' | 'keys'>,
  hashes: string[],
): Promise<string[]> {
  const ended: string[] = []
  for (let start = 0; start < hashes.length; start += CHUNK) {
    const chunk = hashes.slice(start, start + CHUNK)
    const found = await Promise.all(chunk.map((hash) => redis.exists(keys.session(hash))))
    ended.push(...chunk.filter((_, index) => found[index] === 0))
  }
  return ended
}

/** Ignores other messages: every client of Redis can publish to the channel. */
function parseEnd(text: string): z.infer<typeof SessionEnd> | undefined {
  try {
    return SessionEnd.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
