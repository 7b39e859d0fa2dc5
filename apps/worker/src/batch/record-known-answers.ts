import type { Definition } from '@capstan/shared/contract/definition'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { StoredResult } from '@capstan/shared/contract/stored-result'
import { findCuratedResult } from '@capstan/shared/inference/find-curated-result'
import type { JobInput } from '@capstan/scan-store/journal/types'
import { processInChunks } from './process-in-chunks.ts'
import { recordFoundAnswer, type FoundAnswer } from './record-found-answer.ts'
import type { ScanJobs } from './scan-jobs.ts'
import type { PollerDeps } from './poller-deps.ts'

/** Stored answers by resource. */
type StoredAnswers = Map<string, StoredResult>

/** Finds the stored answers about items that their scan may use. */
export async function findStoredAnswers(
  { results }: Pick<PollerDeps, 'results'>,
  scan: Scan,
  items: JobInput[],
): Promise<StoredAnswers> {
  const keys = items.map(({ contentKey }) => contentKey)
  const found = await results.find(keys, limitToOwnAnswers(scan))
  return new Map(
    items.flatMap(({ resource }, index): [string, StoredResult][] => {
      const result = found[index]
      return result ? [[resource, result]] : []
    }),
  )
}

/** In mode `full` only the answers of the scan itself count. */
export function limitToOwnAnswers({ mode, id }: Scan): { onlyOf?: string } {
  return mode === 'full' ? { onlyOf: id } : {}
}

/**
 * Records the items that became known after their scan was planned, by a curated or a stored answer, as their attempts would.
 * Returns the resources of all known items, also of those that a live worker has claimed.
 */
export async function recordKnownAnswers(
  deps: PollerDeps,
  scan: Scan,
  jobs: ScanJobs,
  { items, stored }: { items: JobInput[]; stored: StoredAnswers },
): Promise<Set<string>> {
  const known = new Set(stored.keys())
  const candidates = scan.curated ? items : items.filter(({ resource }) => known.has(resource))
  await processInChunks(deps, scan, candidates, async (item) => {
    const startedAtMs = Date.now()
    const definition = await deps.definitions.get(item.definition)
    const answer = definition && findKnownAnswer(deps, scan, definition, { item, stored })
    if (!answer) return false
    known.add(item.resource)
    if (await isClaimed(jobs, item)) return false
    await deps.batchStore.removeQuestion(scan.id, item.resource)
    return recordFoundAnswer(deps, scan, jobs, { item, definition, startedAtMs, ...answer })
  })
  return known
}

/** The curated answer has precedence, as in the plan and in an attempt. */
function findKnownAnswer(
  { curated }: Pick<PollerDeps, 'curated'>,
  scan: Scan,
  definition: Definition,
  { item, stored }: { item: JobInput; stored: StoredAnswers },
): Pick<FoundAnswer, 'result' | 'origin' | 'contentKey'> | undefined {
  const origin = { scanId: scan.id, inferredAt: new Date().toISOString() }
  const reviewed = scan.curated ? findCuratedResult(curated, definition, origin) : undefined
  if (reviewed) return { ...reviewed, origin: 'curated' }
  const result = stored.get(item.resource)
  return result && { result, origin: 'stored', contentKey: item.contentKey }
}

/** Whether a live worker has claimed the item. */
export async function isClaimed(
  jobs: ScanJobs,
  { status, resource }: Pick<JobInput, 'status' | 'resource'>,
): Promise<boolean> {
  return status === 'running' && (await jobs.isActive(resource))
}
