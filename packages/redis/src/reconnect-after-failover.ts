import { classifyRedisReply } from '@capstan/shared/redis-fault'

/** Minimum time between two reconnects while every server refuses writes. */
const MIN_INTERVAL_MS = 1_000

/**
 * Creates `reconnectOnError` of one connection and its duplicates. After a failover only a new connection reaches the new primary.
 * The refused command is rejected, not repeated, because a repeated command of a transaction would run outside of it.
 */
export function reconnectAfterFailover(): (error: Error) => boolean {
  let reconnectedAt = Number.NEGATIVE_INFINITY
  return (error) => {
    const now = performance.now()
    if (classifyRedisReply(error) !== 'read-only' || now - reconnectedAt < MIN_INTERVAL_MS)
      return false
    reconnectedAt = now
    return true
  }
}
