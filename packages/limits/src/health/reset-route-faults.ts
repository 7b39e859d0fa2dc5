import type { Redis } from 'ioredis'
import type { Provider } from '@capstan/shared/contract/provider'
import type { RedisKeys } from '@capstan/redis/keys'

/** Longer than faults are kept. */
const KEEP_SECONDS = 86_400

/** Lets earlier faults of a route no longer count, at all of its accounts: an operator retries it. */
export async function resetRouteFaults(
  redis: Redis,
  keys: RedisKeys,
  { provider, model }: { provider: Provider; model: string },
): Promise<void> {
  const [seconds, micros] = await redis.time()
  const nowMs = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000)
  await redis.set(keys.routeRetried(provider, model), nowMs, 'EX', KEEP_SECONDS)
}
