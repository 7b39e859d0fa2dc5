import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Provider } from '@capstan/shared/contract/provider'
import type { RedisKeys } from '@capstan/redis/keys'

/** Entry in the index of unfinished scans. The journal writes it when a scan opens. */
export const ActiveScan = z.object({
  /** Queue of its route. */
  queue: z.string(),
  provider: Provider,
  /** Model of its route: `demo-rules` for every scan of provider demo. */
  model: z.string(),
  cluster: z.string(),
  /** The token that the bound on routes per token counts. */
  token: z.string(),
})
export type ActiveScan = z.infer<typeof ActiveScan>

/** Reads all unfinished scans, by id. */
export async function readActiveScans(
  redis: Redis,
  keys: RedisKeys,
): Promise<Map<string, ActiveScan>> {
  const texts = await redis.hgetall(keys.activeScans)
  return new Map(
    Object.entries(texts).map(([id, text]) => [id, ActiveScan.parse(JSON.parse(text))]),
  )
}
