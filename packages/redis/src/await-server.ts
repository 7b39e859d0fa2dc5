import type { Redis } from 'ioredis'
import { AppError } from '@capstan/shared/errors'
import { checkLayout } from './check-layout.ts'
import { checkRedisServer, type RedisServerInfo } from './check-server.ts'
import type { RedisKeys } from './keys.ts'
import { isLoginRejection, createUnreachableRedisError } from './unreachable.ts'

/**
 * Waits for a server that starts at the same time as this process, for ever without `withinMs`, then reads what it
 * is. Throws AppError REDIS_UNAVAILABLE: at once when the login is refused, the server is unfit (check-server.ts) or another
 * version wrote its keys (check-layout.ts), else when it is not there in time.
 */
export async function awaitRedisServer(
  redis: Redis,
  keys: RedisKeys,
  withinMs?: number,
): Promise<RedisServerInfo> {
  await isReady(redis, withinMs)
  const facts = await checkRedisServer(redis)
  await refuseForeignNode(redis, keys)
  await checkLayout(redis, keys)
  return facts
}

async function isReady(redis: Redis, withinMs: number | undefined): Promise<void> {
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
 * All keys lie in one hash slot, so of a Redis Cluster one node serves Capstan, and an ordinary connection to that
 * node is all it takes. Asked with a read, because CLUSTER is what a least-privilege user may not run.
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
