import { Redis } from 'ioredis'
import { checkRedisServer, type RedisServerInfo } from './check-server.ts'
import { createUnreachableRedisError } from './unreachable-redis-error.ts'

const CONNECT_MS = 5_000

/**
 * Connects once, checks the server (check-server.ts) and disconnects. Throws AppError REDIS_UNAVAILABLE with host and port,
 * never with a password.
 */
export async function probeRedisServer(url: string, signal: AbortSignal): Promise<RedisServerInfo> {
  signal.throwIfAborted()
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: CONNECT_MS,
    commandTimeout: CONNECT_MS,
    maxRetriesPerRequest: 0,
  })
  let reason = ''
  redis.on('error', (error: Error) => (reason ||= error.message))
  const disconnect = (): void => redis.disconnect()
  signal.addEventListener('abort', disconnect, { once: true })
  try {
    await redis.connect().catch((error: Error) => {
      // Without `cause`: an error of ioredis contains its command, and AUTH contains the password.
      throw createUnreachableRedisError(formatRedisAddress(url), reason || error.message)
    })
    return await checkRedisServer(redis)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', disconnect)
    redis.disconnect()
  }
}

/** Formats `redis://user:secret@host:1/0` as `host:1`. */
export function formatRedisAddress(url: string): string {
  const { hostname, port } = new URL(url)
  return `${hostname}:${port || '6379'}`
}
