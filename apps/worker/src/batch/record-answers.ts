import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { JobInput } from '@capstan/scan-store/journal/types'
import { ensureJobs } from '@capstan/scan-store/queue/ensure-jobs'
import { toBatchResult } from './to-batch-result.ts'
import { processInChunks } from './process-in-chunks.ts'
import { recordFoundAnswer } from './record-found-answer.ts'
import type { ScanJobs } from './scan-jobs.ts'
import type { PollerDeps } from './poller-deps.ts'
import { findValidAnswer } from './find-valid-answer.ts'

/**
 * Records the valid answers in the batch store without attempts of their jobs, which a paused queue would delay. Other answers
 * stay there for their jobs: a repair, a failure or another batch is next.
 */
export async function recordAnswers(deps: PollerDeps, scan: Scan, jobs: ScanJobs): Promise<void> {
  const { answered } = await deps.batchStore.readScan(scan.id)
  if (answered.length === 0) return
  const items = await deps.journal.jobInputs(scan.id, answered)
  const recorded = await processInChunks(deps, scan, items, (item) =>
    recordAnswer(deps, scan, jobs, item),
  )
  if (recorded === 0) return
  deps.log.info({ scanId: scan.id, types: recorded }, 'recorded answers of a batch')
  // In a scan with a concurrency each recorded item admits the next one to the queue.
  await ensureJobs(deps, scan.id)
}

async function recordAnswer(
  deps: PollerDeps,
  scan: Scan,
  jobs: ScanJobs,
  item: JobInput,
): Promise<boolean> {
  const startedAtMs = Date.now()
  const { resource, contentKey } = item
  if (item.status === 'running' && (await jobs.isActive(resource))) return false
  const kept = await deps.batchStore.readAnswer(scan.id, resource)
  if (kept?.outcome !== 'answered') return false
  const definition = await deps.definitions.get(item.definition)
  const answer = definition && findValidAnswer(kept, definition)
  if (!answer) return false
  const result = toBatchResult(kept, {
    answer,
    model: scan.model,
    scanId: scan.id,
    worker: deps.workerId,
    attempt: item.attempt + 1,
  })
  // First, as in an attempt: after this write the answer is not paid again.
  await deps.results.put(contentKey, result)
  return recordFoundAnswer(deps, scan, jobs, {
    item,
    definition,
    result,
    origin: 'batch',
    contentKey,
    startedAtMs,
  })
}
