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

/** Security headers everywhere, and a limit on POST that all replicas share. After auth: it counts by caller. */
export async function installProtection(
  app: App,
  { redis, keys }: ProtectionDeps,
  { postsPerMinute }: { postsPerMinute: number },
): Promise<void> {
  await app.register(helmet, {
    // These two would turn a plain-HTTP install into a blank page.
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
    // With Redis away the route itself answers 503, which says more.
    skipOnError: true,
    enableDraftSpec: true,
    keyGenerator: (request) => request.principal?.name ?? request.ip,
    errorResponseBuilder: (_request, { max, ttl }) =>
      new AppError('RATE_LIMITED', `More than ${max} POST requests a minute`, {
        hint: 'Wait as long as Retry-After says.',
        retryable: true,
        retryAfterMs: ttl,
      }),
  })
}
