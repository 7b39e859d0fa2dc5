import { Redis } from 'ioredis'
import { backoffMs } from '@capstan/shared/async/backoff'
import { applyCommandTimeout } from './apply-command-timeout.ts'
import { reconnectAfterFailover } from './reconnect-after-failover.ts'

/**
 * command: fails after 5 s, for requests of people.
 * worker: retries without a limit, as BullMQ workers require.
 * store: retries without a limit, and sends the commands of one turn of the event loop as one pipeline. For the stores of a
 * process with many concurrent commands; it makes BullMQ slower.
 * blocking: for XREAD BLOCK. subscriber: for pub/sub. Both need a connection of their own.
 */
export type ConnectionKind = 'command' | 'worker' | 'store' | 'blocking' | 'subscriber'

/** Timeout of a command of a request. */
const COMMAND_MS = 5_000
const RECONNECT_STEPS = { firstMs: 50, longestMs: 2_000 }

/** Opens one connection, which the caller owns and closes. Errors go to `onError`, so that none is unhandled. */
export function connectRedis(
  url: string,
  kind: ConnectionKind,
  onError: (error: Error) => void,
): Redis {
  const retriesForever = kind !== 'command'
  const redis = new Redis(url, {
    maxRetriesPerRequest: retriesForever ? null : 1,
    enableOfflineQueue: retriesForever,
    enableAutoPipelining: kind === 'store',
    // Without it, a connection that is lost without a reset would hang. Longer than the longest blocking call (BullMQ: 10 s).
    // ioredis applies it only while a command waits, so it never closes an idle subscriber.
    socketTimeout: 20_000,
    reconnectOnError: reconnectAfterFailover(),
    retryStrategy: (times) => backoffMs(times, RECONNECT_STEPS),
  })
  if (!retriesForever) applyCommandTimeout(redis, COMMAND_MS)
  redis.on('error', (error: Error) => {
    // The error of a login contains the command AUTH with the password.
    Reflect.deleteProperty(error, 'command')
    onError(error)
  })
  return redis
}
