import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { ApiDeps } from '../deps.ts'
import { resolveResource } from '../clusters/resolve-resource.ts'

/**
 * Maximum age of the discovery: short names and kinds hardly change, and one page of a scan may name hundreds of types.
 */
const MAX_AGE_MS = 60_000

/**
 * Finds a type of a scan by its exact name, or by a name that the cluster of the scan resolves. Undefined when the scan
 * has no such type, or while the cluster is unreachable.
 */
export async function findItem(
  deps: Pick<ApiDeps, 'journal' | 'clusters'>,
  { id, cluster }: Scan,
  spelling: string,
  signal: AbortSignal,
): Promise<ScanItem | undefined> {
  const exact = await deps.journal.item(id, spelling)
  if (exact) return exact
  const options = { signal, maxAgeMs: MAX_AGE_MS }
  const resource = await resolveResource(deps, cluster, spelling, options).catch(() => undefined)
  return resource === undefined ? undefined : deps.journal.item(id, resource)
}
