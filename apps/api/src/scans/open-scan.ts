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

/** Maximum age of the discovery for a start. The planner of a new scan runs its own discovery. */
const RECENT_MS = 30_000

/**
 * Selects the requested types and opens their scan with `open`, which may be called twice. A cached discovery never
 * decides differently from a new one: unknown names, and a running scan that covers the cached types, are checked again
 * with a new discovery. Throws as selectClusterTypes.
 */
export async function openRequestedScan(
  typeRequest: TypeRequest,
  open: (found: TypeSelection) => Promise<OpenOutcome>,
): Promise<{ found: TypeSelection; opened: OpenOutcome }> {
  const startedAt = performance.now()
  const found = await selectRecent(typeRequest, startedAt)
  const opened = await open(found)
  if (opened.outcome !== 'joined' || opened.because !== 'covers') return { found, opened }
  const current = await selectSince(typeRequest, startedAt)
  if (current.offered === found.offered) return { found, opened }
  // A join changes nothing, so it can be decided again.
  return { found: current, opened: await open(current) }
}

async function selectRecent(typeRequest: TypeRequest, startedAt: number): Promise<TypeSelection> {
  const { source, request, signal } = typeRequest
  try {
    const found = await selectClusterTypes(source, request, signal, RECENT_MS)
    if (found.warnings.length === 0) return found
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'UNKNOWN_RESOURCES') throw error
  }
  return selectSince(typeRequest, startedAt)
}

/** Accepts only a discovery that began after the start. */
function selectSince(
  { source, request, signal }: TypeRequest,
  startedAt: number,
): Promise<TypeSelection> {
  return selectClusterTypes(source, request, signal, performance.now() - startedAt + 1)
}
