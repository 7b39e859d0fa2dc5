import type { ChainableCommander, Redis } from 'ioredis'
import { z } from 'zod'
import { Provider } from '@capstan/shared/contract/provider'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { RedisKeys } from '@capstan/redis/keys'

/** Workers may be scaled to zero. A provider that a worker served within this time is expected to be served again. */
const KEEP_MS = 30 * 86_400_000

const RecentEntry = z.object({
  provider: Provider,
  /** Null: the endpoint had not reported a model. */
  model: z.string().nullable(),
  atMs: z.number(),
  /** Index in the providers of its worker; the first one is the worker's default. */
  rank: z.int(),
})

/** A provider that a worker has served within 30 days. */
export type RecentProvider = z.infer<typeof RecentEntry>

/** Adds the providers of a worker to a transaction. */
export function recordProviders(
  transaction: ChainableCommander,
  keys: RedisKeys,
  { providers }: Pick<WorkerStatus, 'providers'>,
  nowMs: number,
): void {
  for (const [rank, { provider, model }] of providers.entries()) {
    const entry: RecentProvider = { provider, model, atMs: nowMs, rank }
    transaction.hset(keys.recentProviders, provider, JSON.stringify(entry))
  }
  transaction.pexpire(keys.recentProviders, KEEP_MS)
}

/** Lists the providers that workers served within 30 days: defaults of workers first, then the most recent. */
export async function listRecentProviders(
  redis: Redis,
  keys: RedisKeys,
): Promise<RecentProvider[]> {
  const texts = await redis.hvals(keys.recentProviders)
  const oldest = Date.now() - KEEP_MS
  return texts
    .map((text) => RecentEntry.parse(JSON.parse(text)))
    .filter(({ atMs }) => atMs >= oldest)
    .toSorted((a, b) => a.rank - b.rank || b.atMs - a.atMs)
}
