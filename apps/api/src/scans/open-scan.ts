import type { ClusterSource } from '@capstan/cluster/cluster-source'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { AppError } from '@capstan/shared/errors'
import type { OpenOutcome } from '@capstan/scan-store/journal/new-scan'
import { findTypes, type FoundTypes } from '../clusters/find-types.ts'

export interface TypeRequest {
  source: ClusterSource
  request: Pick<ScanRequest, 'include' | 'exclude' | 'strict'>
  signal: AbortSignal
}

/** A look of this age is enough for a start, because the planner of a new scan looks itself. */
const RECENT_MS = 30_000

/**
 * Finds the requested types and opens their scan by `open`, which may be called twice. The look of a moment ago decides
 * nothing that a newer one would decide otherwise: a name that it does not know, and a running scan that covers what it
 * offers, are looked up in the cluster of now. Throws as findTypes does.
 */
export async function openRequested(
  asked: TypeRequest,
  open: (found: FoundTypes) => Promise<OpenOutcome>,
): Promise<{ found: FoundTypes; opened: OpenOutcome }> {
  const startedAt = performance.now()
  const found = await findRecent(asked, startedAt)
  const opened = await open(found)
  if (opened.outcome !== 'joined' || opened.because !== 'covers') return { found, opened }
  const current = await findSince(asked, startedAt)
  if (current.offered === found.offered) return { found, opened }
  // A join has changed nothing, so it can be decided again.
  return { found: current, opened: await open(current) }
}

async function findRecent(asked: TypeRequest, startedAt: number): Promise<FoundTypes> {
  const { source, request, signal } = asked
  try {
    const found = await findTypes(source, request, signal, RECENT_MS)
    if (found.warnings.length === 0) return found
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'UNKNOWN_RESOURCES') throw error
  }
  return findSince(asked, startedAt)
}

/** By a look that began after the start, such as the one that was just made for it. */
function findSince(
  { source, request, signal }: TypeRequest,
  startedAt: number,
): Promise<FoundTypes> {
  return findTypes(source, request, signal, performance.now() - startedAt + 1)
}
