import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { JobInput } from '@capstan/scan-store/journal/types'
import { listItemsWithJobs } from '@capstan/scan-store/queue/list-items-with-jobs'
import type { StoredResult } from '@capstan/shared/contract/stored-result'
import { processInChunks } from './process-in-chunks.ts'
import { recordFoundAnswer } from './record-found-answer.ts'
import type { ScanJobs } from './scan-jobs.ts'
import type { PollerDeps } from './poller-deps.ts'

/**
 * Queues the questions of waiting items for a batch, as their first attempts would, which a paused queue does not start. A stored
 * answer is recorded instead. Attempts of the jobs may do the same at the same time.
 */
export async function registerQuestions(
  deps: PollerDeps,
  scan: Scan,
  jobs: ScanJobs,
): Promise<void> {
  const { open, answered, waiting } = await deps.batchStore.readScan(scan.id)
  const sent = new Set([...open.flatMap(({ resources }) => resources), ...answered])
  const { id: scanId, concurrency } = scan
  const pending = await listItemsWithJobs(deps.journal, { scanId, concurrency })
  const names = pending.map(({ resource }) => resource).filter((name) => !sent.has(name))
  const items = await deps.journal.jobInputs(scanId, names)
  const results = await deps.results.find(
    items.map(({ contentKey }) => contentKey),
    limitToOwnAnswers(scan),
  )
  const found = items.flatMap((item, index) => {
    const result = results[index]
    return result ? [{ item, result }] : []
  })
  await processInChunks(deps, scan, found, ({ item, result }) =>
    recordStored(deps, scan, jobs, { item, result }),
  )
  const registered = new Set(waiting.map(({ resource }) => resource))
  const missing = items.filter(
    (item, index) => !results[index] && !registered.has(item.resource) && isDue(item),
  )
  await processInChunks(deps, scan, missing, (item) => registerQuestion(deps, scan, jobs, item))
}

/** In mode `full` only the answers of the scan itself count. */
function limitToOwnAnswers({ mode, id }: Scan): { onlyOf?: string } {
  return mode === 'full' ? { onlyOf: id } : {}
}

/** A retry is due after its delay. */
function isDue({ nextAttemptAtMs }: JobInput): boolean {
  return nextAttemptAtMs === null || nextAttemptAtMs <= Date.now()
}

async function recordStored(
  deps: PollerDeps,
  scan: Scan,
  jobs: ScanJobs,
  { item, result }: { item: JobInput; result: StoredResult },
): Promise<boolean> {
  const startedAtMs = Date.now()
  if (await isClaimed(jobs, item)) return false
  const definition = await deps.definitions.get(item.definition)
  if (!definition) return false
  await deps.batchStore.removeQuestion(scan.id, item.resource)
  const found = { item, definition, result, cached: true, startedAtMs }
  return recordFoundAnswer(deps, scan, jobs, found)
}

/** Whether a live worker has claimed the item. */
async function isClaimed(jobs: ScanJobs, { status, resource }: JobInput): Promise<boolean> {
  return status === 'running' && (await jobs.isActive(resource))
}

async function registerQuestion(
  deps: PollerDeps,
  scan: Scan,
  jobs: ScanJobs,
  item: JobInput,
): Promise<boolean> {
  const { contentKey } = item
  if (await isClaimed(jobs, item)) return false
  const request = { contentKey, scanId: scan.id, ...limitToOwnAnswers(scan) }
  const { lease, release } = await deps.leases.acquire(request)
  // The answer was stored meanwhile, or a call for it is in flight: the next poll finds it.
  if (lease.outcome !== 'acquired') return false
  try {
    // A paid invalid answer waits for its repair, which is a call.
    if (lease.unfinished?.next !== 'repair') await waitForBatch(deps, scan, item)
    return true
  } finally {
    await release()
  }
}

async function waitForBatch(
  { batchStore }: Pick<PollerDeps, 'batchStore'>,
  { id }: Scan,
  item: JobInput,
): Promise<void> {
  const { resource, definition, contentKey, estimatedTokens, estimatedCostUsd } = item
  if (!(await batchStore.claimQuestion(contentKey, id, resource))) return
  await batchStore.addQuestion(id, {
    resource,
    definition,
    estimatedTokens,
    estimatedCostUsd: estimatedCostUsd ?? 0,
  })
}
