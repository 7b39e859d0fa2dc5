import { classifyRedisReply } from '@capstan/shared/redis-fault'

/** While every server refuses writes, one new connection in this time is enough to find that out. */
const AGAIN_MS = 1_000

/**
 * For `reconnectOnError` of one connection and its duplicates: after a failover the address of Redis leads to another
 * server, and only a new connection reaches it. The refused command is rejected, not repeated: repeated, a command of a
 * transaction would run without the rest of it.
 */
export function reconnectAfterFailover(): (error: Error) => boolean {
  let reconnectedAt = Number.NEGATIVE_INFINITY
  return (error) => {
    const now = performance.now()
    if (classifyRedisReply(error) !== 'read-only' || now - reconnectedAt < AGAIN_MS) return false
    reconnectedAt = now
    return true
  }
}
