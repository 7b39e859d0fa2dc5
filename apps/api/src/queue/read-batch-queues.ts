import { openBatchStore } from '@capstan/scan-store/batches/batch-book'
import { readActiveScans } from '@capstan/scan-store/routes/active-scan'
import type { ApiDeps } from '../deps.ts'

/** Names of the queues whose routes have an unfinished scan by batch. */
export async function readBatchQueues({
  redis,
  keys,
}: Pick<ApiDeps, 'redis' | 'keys'>): Promise<Set<string>> {
  const [batched, active] = await Promise.all([
    openBatchStore(redis, keys).listScans(),
    readActiveScans(redis, keys),
  ])
  return new Set(batched.flatMap((scanId) => active.get(scanId)?.queue ?? []))
}
