import type { ChainableCommander, Redis } from 'ioredis'
import { z } from 'zod'
import { Provider } from '@capstan/shared/contract/provider'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { RedisKeys } from '@capstan/redis/keys'

/** Workers may be scaled to zero; what served a provider within this time is expected to come back. */
const KEEP_MS = 30 * 86_400_000

const Sighting = z.object({
  provider: Provider,
  /** Null: no endpoint had said yet which model to use. */
  model: z.string().nullable(),
  atMs: z.number(),
  /** Place among the providers of its worker; the first one is the worker's default. */
  rank: z.int(),
})

/** A provider that a worker has served within 30 days. */
export type RecentProvider = z.infer<typeof Sighting>

/** Adds to a transaction what a worker serves now. */
export function recordProviders(
  transaction: ChainableCommander,
  keys: RedisKeys,
  { providers }: Pick<WorkerStatus, 'providers'>,
  nowMs: number,
): void {
  for (const [rank, { provider, model }] of providers.entries()) {
    const sighting: RecentProvider = { provider, model, atMs: nowMs, rank }
    transaction.hset(keys.recentProviders, provider, JSON.stringify(sighting))
  }
  transaction.pexpire(keys.recentProviders, KEEP_MS)
}

/** Providers that workers have served within 30 days, the defaults of workers first, then the latest. */
export async function listRecentProviders(
  redis: Redis,
  keys: RedisKeys,
): Promise<RecentProvider[]> {
  const texts = await redis.hvals(keys.recentProviders)
  const oldest = Date.now() - KEEP_MS
  return texts
    .map((text) => Sighting.parse(JSON.parse(text)))
    .filter(({ atMs }) => atMs >= oldest)
    .toSorted((a, b) => a.rank - b.rank || b.atMs - a.atMs)
}
