import type { Redis } from 'ioredis'
import type { RedisKeys } from '../keys.ts'
import { Signal } from './signal.ts'

export interface SignalSubscriptionOptions {
  /** Time between two PINGs; a link is dead when one goes unanswered for as long. Default 5 s. */
  pingMs?: number
}

export interface SignalSubscription {
  stop(): Promise<void>
}

/**
 * Calls `handler` for each signal. `subscriber` must be a connection of its own and stays the caller's.
 * Resubscribes after a reconnect (ioredis does) and makes one happen when the link is dead: a subscriber
 * only listens, so nothing else would ever notice.
 */
export async function subscribeToSignals(
  subscriber: Redis,
  keys: RedisKeys,
  handler: (signal: Signal) => void,
  { pingMs = 5_000 }: SignalSubscriptionOptions = {},
): Promise<SignalSubscription> {
  const onMessage = (channel: string, message: string): void => {
    const signal = channel === keys.signals ? parseSignal(message) : undefined
    if (signal) handler(signal)
  }
  subscriber.on('message', onMessage)
  await subscriber.subscribe(keys.signals)
  const check = linkCheck(subscriber, pingMs)
  const watchdog = setInterval(() => void check(), pingMs).unref()
  return {
    stop: async () => {
      clearInterval(watchdog)
      subscriber.off('message', onMessage)
      if (subscriber.status === 'ready') await subscriber.unsubscribe(keys.signals)
    },
  }
}

/** Anybody with access to Redis can publish; what is not a signal is not for us. */
function parseSignal(message: string): Signal | undefined {
  try {
    return Signal.safeParse(JSON.parse(message)).data
  } catch {
    return undefined
  }
}

function linkCheck(subscriber: Redis, withinMs: number): () => Promise<void> {
  // A dead link takes seconds to close; until then it stays `ready`, and closing it again would only add listeners.
  let closing = false
  const closeLink = (): void => {
    if (closing || subscriber.status !== 'ready') return
    closing = true
    subscriber.once('close', () => (closing = false))
    subscriber.disconnect(true)
  }
  return async () => {
    if (closing || subscriber.status !== 'ready') return
    const tooLate = setTimeout(closeLink, withinMs)
    try {
      await subscriber.ping()
    } catch {
      // The link went while we asked; ioredis reconnects by itself.
    } finally {
      clearTimeout(tooLate)
    }
  }
}
