import { Redis } from 'ioredis'
import { checkRedisServer, type RedisServerInfo } from './check-server.ts'
import { createUnreachableRedisError } from './unreachable.ts'

const CONNECT_MS = 5_000

/**
 * Connects once, checks the server (see check-server.ts) and leaves. Throws AppError REDIS_UNAVAILABLE, whose
 * text names host and port but never a password.
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
  const leave = (): void => redis.disconnect()
  signal.addEventListener('abort', leave, { once: true })
  try {
    await redis.connect().catch((error: Error) => {
      // No `cause`: an error of ioredis carries the command, and the command AUTH carries the password.
      throw createUnreachableRedisError(formatRedisAddress(url), reason || error.message)
    })
    return await checkRedisServer(redis)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', leave)
    redis.disconnect()
  }
}

/** `redis://user:secret@host:1/0` as `host:1`, for people. */
export function formatRedisAddress(url: string): string {
  const { hostname, port } = new URL(url)
  return `${hostname}:${port || '6379'}`
}
