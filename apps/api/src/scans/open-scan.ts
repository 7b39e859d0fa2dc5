import type { ClusterSource } from '@capstan/cluster/cluster-source'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { AppError } from '@capstan/shared/errors'
import type { OpenOutcome } from '@capstan/scan-store/journal/open/new-scan'
import { selectClusterTypes, type TypeSelection } from '../clusters/find-types.ts'

export interface TypeRequest {
  source: ClusterSource
  request: Pick<ScanRequest, 'include' | 'exclude' | 'strict'>
  signal: AbortSignal
}

/** Maximum age of the discovery for a start. The planner of a new scan runs discovery again. */
const RECENT_MS = 30_000

/**
 * Selects the requested types and opens their scan with `open`, which may be called twice. The discovery may be 30 s old.
 * If it lacks a requested name, or if a running scan covers its types, the decision is repeated with a new discovery.
 * Throws the errors of selectClusterTypes.
 */
export async function openRequestedScan(
  typeRequest: TypeRequest,
  open: (found: TypeSelection) => Promise<OpenOutcome>,
): Promise<{ found: TypeSelection; opened: OpenOutcome }> {
  const startedAt = performance.now()
  const found = await selectWithRecentDiscovery(typeRequest, startedAt)
  const opened = await open(found)
  if (opened.outcome !== 'joined' || opened.because !== 'covers') return { found, opened }
  const current = await selectWithNewDiscovery(typeRequest, startedAt)
  if (current.discovery === found.discovery) return { found, opened }
  // Joining a running scan has changed nothing, so `open` may decide again.
  return { found: current, opened: await open(current) }
}

async function selectWithRecentDiscovery(
  typeRequest: TypeRequest,
  startedAt: number,
): Promise<TypeSelection> {
  const { source, request, signal } = typeRequest
  try {
    const found = await selectClusterTypes(source, request, signal, RECENT_MS)
    if (found.warnings.length === 0) return found
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'UNKNOWN_RESOURCES') throw error
  }
  return selectWithNewDiscovery(typeRequest, startedAt)
}

/** Uses only a discovery that began after the request. */
function selectWithNewDiscovery(
  { source, request, signal }: TypeRequest,
  startedAt: number,
): Promise<TypeSelection> {
  return selectClusterTypes(source, request, signal, performance.now() - startedAt + 1)
}
