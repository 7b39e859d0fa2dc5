import type { ScanRig } from '@capstan/testkit/scan-rig'

/** The state after 20 s without heartbeats of some workers while others continue: their leases may be taken over. */
export async function outliveWorkers({
  redis,
  keys,
}: Pick<ScanRig, 'redis' | 'keys'>): Promise<void> {
  for (const lease of await redis.keys(keys.resultLease('*'))) await redis.hset(lease, 'until', 1)
  await redis.set(keys.workersSteady, '1')
}
