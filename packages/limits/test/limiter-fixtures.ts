import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll } from 'vitest'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { loadLimitScripts } from '@capstan/limits/limiter/limit-scripts'
import type { AcquireRequest, ConfiguredLimits, Limiter, LimitKey } from '@capstan/limits/types'
import type { RedisKeys } from '@capstan/redis/keys'
import type { RedisVariant } from '@capstan/testkit/redis-variants'
import { luaClock, type LuaClock } from './lua-clock.ts'

/** Shared fixtures of a test file. */
export interface LimiterFixtures {
  redis: Redis
  keys: RedisKeys
  clock: LuaClock
  /** Limiter on the clock of the test. */
  limiter: Limiter
  /** Limiters on the clock of Redis, each on its own connection. */
  real: Limiter[]
  /** Sets the configured limits of a limit key. */
  allow(limitKey: LimitKey, limits: ConfiguredLimits): void
}

const CONNECTIONS = 8

/** Opens connections for all tests of a file and closes them after the last. */
export function useLimiterFixtures(start: () => Promise<RedisVariant>): () => LimiterFixtures {
  let fixtures: LimiterFixtures | undefined
  const stack = new AsyncDisposableStack()
  beforeAll(async () => {
    const variant = await start()
    stack.defer(() => variant.stop())
    const { keys } = variant
    const connect = (): Redis => {
      const redis = new Redis(variant.url)
      stack.defer(() => redis.disconnect())
      return redis
    }
    const redis = connect()
    const clock = await luaClock(redis, keys)
    stack.defer(() => clock.remove())
    const allowed = new Map<string, ConfiguredLimits>()
    const limitsFor = ({ account }: LimitKey): ConfiguredLimits => allowed.get(account) ?? FREE
    fixtures = {
      redis,
      keys,
      clock,
      limiter: openLimiter({
        redis,
        keys,
        limitsFor,
        providerFor: () => 'anthropic',
        scripts: loadLimitScripts(clock.file),
        random: () => 0.5,
      }),
      real: Array.from({ length: CONNECTIONS }, () =>
        openLimiter({ redis: connect(), keys, limitsFor }),
      ),
      allow: ({ account }, limits) => allowed.set(account, limits),
    }
  })
  afterAll(() => stack.disposeAsync())
  return () => {
    if (!fixtures) throw new Error('fixtures exist only while tests run')
    return fixtures
  }
}

/** No configured limits. */
export const FREE: ConfiguredLimits = {
  perMinute: {},
  cachedTokensCount: false,
  concurrency: { start: 1000, max: 1000 },
}

/** Creates a limit key that no other test uses. */
export function newLimitKey(): LimitKey {
  return { account: `account ${randomUUID()}`, model: 'opus-5' }
}

/** Builds an acquire command. 400 characters are 100 tokens by the initial estimate. */
export function attempt(changes: Partial<AcquireRequest> = {}): AcquireRequest {
  return {
    lease: randomUUID(),
    characters: 400,
    maxOutputTokens: 50,
    ttlMs: 70_000,
    maxWaitMs: Number.POSITIVE_INFINITY,
    pollMs: 2_000,
    ...changes,
  }
}

/** Acquires a permit that must be available. */
export async function take(
  { limiter }: LimiterFixtures,
  limitKey: LimitKey,
  changes: Partial<AcquireRequest> = {},
): Promise<string> {
  const asked = attempt(changes)
  const answer = await limiter.acquire(limitKey, asked)
  if (answer.outcome !== 'granted') throw new Error(`no permit: ${JSON.stringify(answer)}`)
  return asked.lease
}
