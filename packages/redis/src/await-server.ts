import type { Redis } from 'ioredis'
import { AppError } from '@capstan/shared/errors'
import { checkLayout } from './check-layout.ts'
import { checkRedisServer, type RedisServerInfo } from './check-server.ts'
import type { RedisKeys } from './keys.ts'
import { isLoginRejection, createUnreachableRedisError } from './unreachable-redis-error.ts'

/**
 * Waits until the server is ready, without a limit if `withinMs` is undefined, because it may start at the same time as this
 * process. Then checks the server. Throws AppError REDIS_UNAVAILABLE: immediately when it rejects the login, is not supported
 * (check-server.ts) or holds keys of another layout (check-layout.ts), otherwise after `withinMs`.
 */
export async function awaitRedisServer(
  redis: Redis,
  keys: RedisKeys,
  withinMs?: number,
): Promise<RedisServerInfo> {
  await waitUntilReady(redis, withinMs)
  const facts = await checkRedisServer(redis)
  await refuseForeignNode(redis, keys)
  await checkLayout(redis, keys)
  return facts
}

async function waitUntilReady(redis: Redis, withinMs: number | undefined): Promise<void> {
  if (redis.status === 'ready') return
  const ready = Promise.withResolvers<void>()
  const address = `${redis.options.host}:${redis.options.port}`
  let reason = 'no answer'
  const onError = (error: Error): void => {
    reason = error.message
    if (isLoginRejection(reason)) ready.reject(createUnreachableRedisError(address, reason))
  }
  const timer =
    withinMs === undefined
      ? undefined
      : setTimeout(() => ready.reject(createUnreachableRedisError(address, reason)), withinMs)
  redis.on('ready', ready.resolve).on('error', onError)
  try {
    await ready.promise
  } finally {
    clearTimeout(timer)
    redis.off('ready', ready.resolve).off('error', onError)
  }
}

/**
 * Rejects a node of a Redis Cluster that does not hold the hash slot of all keys. A normal connection to the right node is
 * enough. Tested with a read, because a least-privilege user may not run CLUSTER.
 */
async function refuseForeignNode(redis: Redis, keys: RedisKeys): Promise<void> {
  try {
    await redis.get(keys.layout)
  } catch (error) {
    const [, home] = /^MOVED \d+ (\S+)/.exec(error instanceof Error ? error.message : '') ?? []
    if (home === undefined) throw error
    throw new AppError(
      'REDIS_UNAVAILABLE',
      `This node of a Redis Cluster does not hold Capstan's keys; the node at ${home} does`,
      {
        hint: `Point REDIS_URL at ${home}, or at a name that follows this shard's primary, or use a Redis without cluster mode.`,
      },
    )
  }
}
