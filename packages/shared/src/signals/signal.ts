import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ScanId } from '../contract/scan.ts'
import type { RedisKeys } from '../redis/keys.ts'

/** What workers are told at once. It only makes them faster: the journal refuses claims anyway. */
export const Signal = z.object({ type: z.enum(['cancel', 'pause']), scanId: ScanId })
export type Signal = z.infer<typeof Signal>

/** Tells every worker. Nobody may be listening; the journal holds the truth. */
export async function publishSignal(redis: Redis, keys: RedisKeys, signal: Signal): Promise<void> {
  await redis.publish(keys.signals, JSON.stringify(signal))
}
