import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import type { Redis } from 'ioredis'
import { AppError } from '@capstan/shared/errors'
import type { RedisKeys } from '@capstan/redis/keys'
import type { App } from '../app-types.ts'

export interface ProtectionDeps {
  redis: Redis
  keys: RedisKeys
}

/**
 * Installs security headers, and a rate limit for POST that all replicas share. Must follow auth, because the limit is
 * per caller.
 */
export async function installProtection(
  app: App,
  { redis, keys }: ProtectionDeps,
  { postsPerMinute }: { postsPerMinute: number },
): Promise<void> {
  await app.register(helmet, {
    // Both would break an installation with plain HTTP.
    hsts: false,
    contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
  })
  app.addHook('onRoute', (route) => {
    if (route.method !== 'POST' || route.config?.rateLimit !== undefined) return
    route.config = { ...route.config, rateLimit: { max: postsPerMinute, timeWindow: 60_000 } }
  })
  await app.register(rateLimit, {
    global: false,
    redis,
    nameSpace: keys.rateLimit,
    // While Redis is unreachable, the route itself answers 503 with the reason.
    skipOnError: true,
    enableDraftSpec: true,
    keyGenerator: (request) => request.principal?.id ?? request.ip,
    errorResponseBuilder: (_request, { max, ttl }) =>
      new AppError('RATE_LIMITED', `More than ${max} POST requests a minute`, {
        hint: 'Wait for the time in Retry-After.',
        retryable: true,
        retryAfterMs: ttl,
      }),
  })
}
