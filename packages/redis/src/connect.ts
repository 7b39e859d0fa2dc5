import { Redis } from 'ioredis'
import { backoffMs } from '@capstan/shared/async/backoff'
import { applyCommandTimeout } from './bound-commands.ts'
import { reconnectAfterFailover } from './reconnect-after-failover.ts'

/**
 * command: fails fast, for requests that a person waits for.
 * worker: never gives up; BullMQ workers need it so.
 * store: never gives up, and sends what is asked in one turn of the event loop as one pipeline. For the
 * stores of a process that does much at once; BullMQ itself gets slower by it.
 * blocking: own connection for XREAD BLOCK. subscriber: own connection for pub/sub.
 */
export type ConnectionKind = 'command' | 'worker' | 'store' | 'blocking' | 'subscriber'

/** How long a request waits for Redis. */
const COMMAND_MS = 5_000
const RECONNECT_STEPS = { firstMs: 50, longestMs: 2_000 }

/** Opens one connection. The caller owns and closes it; errors go to `onError` so that none is unhandled. */
export function connectRedis(
  url: string,
  kind: ConnectionKind,
  onError: (error: Error) => void,
): Redis {
  const patient = kind !== 'command'
  const redis = new Redis(url, {
    maxRetriesPerRequest: patient ? null : 1,
    enableOfflineQueue: patient,
    enableAutoPipelining: kind === 'store',
    // A connection that dies without a reset would hang for ever. Longer than the longest blocking call
    // (BullMQ: 10 s). It is armed only while a command waits, so it never covers a quiet subscriber.
    socketTimeout: 20_000,
    reconnectOnError: reconnectAfterFailover(),
    retryStrategy: (times) => backoffMs(times, RECONNECT_STEPS),
  })
  if (!patient) applyCommandTimeout(redis, COMMAND_MS)
  redis.on('error', (error: Error) => {
    // The login is a command like any other, and errors carry their command with its arguments.
    Reflect.deleteProperty(error, 'command')
    onError(error)
  })
  return redis
}
