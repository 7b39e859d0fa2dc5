import type { Redis } from 'ioredis'
import type { RedisKeys } from '../keys.ts'
import { Signal } from './signal.ts'

export interface SignalSubscriptionOptions {
  /** Time between two PINGs, and timeout of each PING. Default: 5 s. */
  pingMs?: number
}

export interface SignalSubscription {
  stop(): Promise<void>
}

/**
 * Calls `handler` for each signal. `subscriber` must be used for nothing else; the caller owns it. ioredis subscribes again after a
 * reconnect. PINGs detect a dead connection, because a subscriber sends nothing else.
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
  const check = createConnectionCheck(subscriber, pingMs)
  const watchdog = setInterval(() => void check(), pingMs).unref()
  return {
    stop: async () => {
      clearInterval(watchdog)
      subscriber.off('message', onMessage)
      if (subscriber.status === 'ready') await subscriber.unsubscribe(keys.signals)
    },
  }
}

/** Ignores messages that are no signals: every client of Redis can publish to the channel. */
function parseSignal(message: string): Signal | undefined {
  try {
    return Signal.safeParse(JSON.parse(message)).data
  } catch {
    return undefined
  }
}

function createConnectionCheck(subscriber: Redis, withinMs: number): () => Promise<void> {
  // A dead connection stays `ready` for seconds after `disconnect`. A second call would only add listeners.
  let isClosing = false
  const closeConnection = (): void => {
    if (isClosing || subscriber.status !== 'ready') return
    isClosing = true
    subscriber.once('close', () => (isClosing = false))
    subscriber.disconnect(true)
  }
  return async () => {
    if (isClosing || subscriber.status !== 'ready') return
    const tooLate = setTimeout(closeConnection, withinMs)
    try {
      await subscriber.ping()
    } catch {
      // The connection closed during the PING; ioredis reconnects.
    } finally {
      clearTimeout(tooLate)
    }
  }
}
