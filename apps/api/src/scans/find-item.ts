import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { ApiDeps } from '../deps.ts'
import { resolveResource } from '../clusters/resolve-resource.ts'

/** Short names and kinds hardly change, and a page of a scan may name hundreds of types. */
const MAX_AGE_MS = 60_000

/**
 * The type of a scan that a spelling means: its exact name, else what the cluster of the scan resolves it to. Undefined
 * when the scan has no such type, also while the cluster cannot be read.
 */
export async function findItem(
  deps: Pick<ApiDeps, 'journal' | 'clusters'>,
  { id, cluster }: Scan,
  spelling: string,
  signal: AbortSignal,
): Promise<ScanItem | undefined> {
  const exact = await deps.journal.item(id, spelling)
  if (exact) return exact
  const where = { signal, maxAgeMs: MAX_AGE_MS }
  const resource = await resolveResource(deps, cluster, spelling, where).catch(() => undefined)
  return resource === undefined ? undefined : deps.journal.item(id, resource)
}
