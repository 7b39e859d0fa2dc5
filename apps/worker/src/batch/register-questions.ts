import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { JobInput } from '@capstan/scan-store/journal/types'
import { listItemsWithJobs } from '@capstan/scan-store/queue/list-items-with-jobs'
import { processInChunks } from './process-in-chunks.ts'
import {
  findStoredAnswers,
  isClaimed,
  limitToOwnAnswers,
  recordKnownAnswers,
} from './record-known-answers.ts'
import type { ScanJobs } from './scan-jobs.ts'
import type { PollerDeps } from './poller-deps.ts'

/**
 * Queues the questions of waiting items for a batch, as their first attempts would, which a paused queue does not start. A stored
 * or curated answer is recorded instead. Attempts of the jobs may do the same at the same time.
 */
export async function registerQuestions(
  deps: PollerDeps,
  scan: Scan,
  jobs: ScanJobs,
): Promise<void> {
  const { open: batches, answered, waiting } = await deps.batchStore.readScan(scan.id)
  const sent = new Set([...batches.flatMap(({ resources }) => resources), ...answered])
  const { id: scanId, concurrency } = scan
  const pending = await listItemsWithJobs(deps.journal, { scanId, concurrency })
  const names = pending.map(({ resource }) => resource).filter((name) => !sent.has(name))
  const items = await deps.journal.jobInputs(scanId, names)
  const stored = await findStoredAnswers(deps, scan, items)
  const registered = new Set(waiting.map(({ resource }) => resource))
  // A registered question is compared with the curated answers before it is submitted.
  const open = items.filter(({ resource }) => stored.has(resource) || !registered.has(resource))
  const known = await recordKnownAnswers(deps, scan, jobs, { items: open, stored })
  const missing = open.filter((item) => !known.has(item.resource) && isDue(item))
  await processInChunks(deps, scan, missing, (item) => registerQuestion(deps, scan, jobs, item))
}

/** A retry is due after its delay. */
function isDue({ nextAttemptAtMs }: JobInput): boolean {
  return nextAttemptAtMs === null || nextAttemptAtMs <= Date.now()
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
  const { outcome } = await batchStore.claimQuestion(contentKey, id, resource)
  if (outcome === 'held') return
  await batchStore.addQuestion(id, {
    resource,
    definition,
    estimatedTokens,
    estimatedCostUsd: estimatedCostUsd ?? 0,
  })
}
