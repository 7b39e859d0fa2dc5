import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ProviderCheck } from '@capstan/shared/contract/provider-check'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import type { RedisKeys } from '../keys.ts'

/**
 * A message to all workers. `cancel` and `pause` only make them react sooner: the journal refuses claims anyway. One worker
 * accepts a `check`; see provider-check-channel.ts.
 */
export const Signal = z.discriminatedUnion('type', [
  z.object({ type: z.literal('cancel'), scanId: ScanId }),
  z.object({ type: z.literal('pause'), scanId: ScanId }),
  z.object({ type: z.literal('check'), check: ProviderCheck }),
  /** Routes were announced: workers read the list of routes immediately. */
  z.object({ type: z.literal('routes') }),
  /** The pause of a route ended early: paused workers fetch jobs immediately. */
  z.object({ type: z.literal('route-resumed') }),
  /** The negotiation of a dialect has ended: calls that wait for it continue. */
  z.object({ type: z.literal('dialect'), account: z.string(), model: z.string() }),
])
export type Signal = z.infer<typeof Signal>

/** Publishes a signal to all workers. It may be lost; the journal holds the truth. */
export async function publishSignal(redis: Redis, keys: RedisKeys, signal: Signal): Promise<void> {
  await redis.publish(keys.signals, JSON.stringify(signal))
}
