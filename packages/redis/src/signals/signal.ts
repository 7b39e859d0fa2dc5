import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ProviderCheck } from '@capstan/shared/contract/provider-check'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import type { RedisKeys } from '../keys.ts'

/**
 * What workers are told at once. `cancel` and `pause` only make them faster: the journal refuses claims anyway. `check`
 * is for one of those that can, see check-desk.ts.
 */
export const Signal = z.discriminatedUnion('type', [
  z.object({ type: z.literal('cancel'), scanId: ScanId }),
  z.object({ type: z.literal('pause'), scanId: ScanId }),
  z.object({ type: z.literal('check'), check: ProviderCheck }),
  /** Routes were announced: workers look at the list of routes at once. */
  z.object({ type: z.literal('routes') }),
  /** The pause of a route was ended early: workers that rest look for jobs at once. */
  z.object({ type: z.literal('route-resumed') }),
  /** The negotiation of a dialect has ended: calls that wait for it go on. */
  z.object({ type: z.literal('dialect'), account: z.string(), model: z.string() }),
])
export type Signal = z.infer<typeof Signal>

/** Tells every worker. Nobody may be listening; the journal holds the truth. */
export async function publishSignal(redis: Redis, keys: RedisKeys, signal: Signal): Promise<void> {
  await redis.publish(keys.signals, JSON.stringify(signal))
}
