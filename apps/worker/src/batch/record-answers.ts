import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { JobInput } from '@capstan/scan-store/journal/types'
import { ensureJobs } from '@capstan/scan-store/queue/ensure-jobs'
import { answeredResult } from './answered-result.ts'
import { inChunks } from './in-chunks.ts'
import { recordFoundAnswer } from './record-found-answer.ts'
import type { ScanJobs } from './scan-jobs.ts'
import type { TendDeps } from './tend-deps.ts'
import { validAnswer } from './valid-answer.ts'

/**
 * Records the valid answers in the batch store of a scan, without a start of their jobs, which a paused queue would keep
 * waiting. All other answers stay there for their jobs: what comes next is a call, a failure or another batch.
 */
export async function recordAnswers(deps: TendDeps, scan: Scan, jobs: ScanJobs): Promise<void> {
  const { answered } = await deps.book.readScan(scan.id)
  if (answered.length === 0) return
  const items = await deps.journal.jobInputs(scan.id, answered)
  const recorded = await inChunks(deps, scan, items, (item) => recordAnswer(deps, scan, jobs, item))
  if (recorded === 0) return
  deps.log.info({ scanId: scan.id, types: recorded }, 'answers of a batch were recorded')
  // Of a scan with a concurrency the next items get their places in the queue.
  await ensureJobs(deps, scan.id)
}

async function recordAnswer(
  deps: TendDeps,
  scan: Scan,
  jobs: ScanJobs,
  item: JobInput,
): Promise<boolean> {
  const startedAtMs = Date.now()
  const { resource, contentKey } = item
  if (item.status === 'running' && (await jobs.isActive(resource))) return false
  const kept = await deps.book.readAnswer(scan.id, resource)
  if (kept?.outcome !== 'answered') return false
  const definition = await deps.definitions.get(item.definition)
  const answer = definition && validAnswer(kept, definition)
  if (!answer) return false
  const result = answeredResult(kept, {
    answer,
    model: scan.model,
    scanId: scan.id,
    worker: deps.workerId,
    attempt: item.attempt + 1,
  })
  // First, as in a start: whatever fails after it, the answer is not paid for again.
  await deps.results.put(contentKey, result)
  return recordFoundAnswer(deps, scan, jobs, {
    item,
    definition,
    result,
    cached: false,
    startedAtMs,
  })
}
