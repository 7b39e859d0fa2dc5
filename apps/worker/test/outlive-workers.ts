import type { ScanRig } from '@capstan/testkit/scan-rig'

/** What 20 s without a word of workers leave behind while others go on: nothing protects their leases any more. */
export async function outliveWorkers({
  redis,
  keys,
}: Pick<ScanRig, 'redis' | 'keys'>): Promise<void> {
  for (const lease of await redis.keys(keys.resultLease('*'))) await redis.hset(lease, 'until', 1)
  await redis.set(keys.workersSteady, '1')
}
