import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Provider } from '@capstan/shared/contract/provider'
import type { RedisKeys } from '@capstan/redis/keys'

/** What the index of unfinished scans holds of each one, as the journal writes it when a scan opens. */
export const ActiveScan = z.object({
  /** Queue of its route. */
  queue: z.string(),
  provider: Provider,
  /** Of its route: `demo-rules` for every scan by demo. */
  model: z.string(),
  cluster: z.string(),
  /** Whose scan it is for the bound on routes of one token. */
  token: z.string(),
})
export type ActiveScan = z.infer<typeof ActiveScan>

/** Every scan that has not ended, by id. */
export async function readActiveScans(
  redis: Redis,
  keys: RedisKeys,
): Promise<Map<string, ActiveScan>> {
  const texts = await redis.hgetall(keys.activeScans)
  return new Map(
    Object.entries(texts).map(([id, text]) => [id, ActiveScan.parse(JSON.parse(text))]),
  )
}
