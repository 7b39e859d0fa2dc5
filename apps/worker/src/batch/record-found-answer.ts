import { classifyProvider, CURATED_PROVIDER } from '@capstan/shared/contract/answer-source'
import type { Definition } from '@capstan/shared/contract/definition'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { buildCapabilityRow } from '@capstan/shared/inference/build-capability-row'
import { judgeResult } from '@capstan/shared/inference/suspicion/judge-result'
import { summarizeAnswer } from '@capstan/shared/inference/summarize-answer'
import type { JobInput } from '@capstan/scan-store/journal/types'
import type { StoredResult } from '@capstan/shared/contract/stored-result'
import type { ScanJobs } from './scan-jobs.ts'
import type { PollerDeps } from './poller-deps.ts'

export interface FoundAnswer {
  item: JobInput
  definition: Definition
  result: StoredResult
  /** A batch of the scan has answered, the answer was stored before, or it is curated. */
  origin: 'batch' | 'stored' | 'curated'
  /** Content key of the answer. */
  contentKey: string
  startedAtMs: number
}

/**
 * Stores the catalog row of an answer in the result cache, records the item and ends its job. Every step may be repeated; the
 * journal counts the answer once. Returns whether this call recorded it.
 */
export async function recordFoundAnswer(
  { catalog, journal, batchStore, metrics, workerId: worker }: PollerDeps,
  scan: Scan,
  jobs: ScanJobs,
  { item, definition, result, origin, contentKey, startedAtMs }: FoundAnswer,
): Promise<boolean> {
  const { resource } = item
  const { provider, model } = scan
  const answerer = origin === 'curated' ? CURATED_PROVIDER : provider
  const source = classifyProvider(answerer)
  const judged = judgeResult(definition, result, source)
  await catalog.put([
    buildCapabilityRow({ scan, by: { provider: answerer, contentKey } }, definition, judged),
  ])
  const durationMs = Math.max(0, Date.now() - startedAtMs)
  const recorded = await journal.recordUnclaimed(scan.id, resource, {
    ...summarizeAnswer(judged.answer),
    cached: origin === 'stored',
    curatedVersion: origin === 'curated' ? result.model : undefined,
    worker,
    startedAt: new Date(startedAtMs).toISOString(),
    durationMs,
    usage: result.usage,
    endsRunningItem: item.status === 'running',
  })
  if (recorded !== 'recorded') return false
  metrics.attempts.inc({ outcome: 'succeeded' })
  const reason = origin === 'stored' ? 'cached' : 'answered'
  metrics.resources.inc({ outcome: 'succeeded', reason, source })
  if (origin !== 'curated') metrics.timeType({ provider, model }, durationMs)
  if (origin === 'stored') metrics.cacheHits.inc({ kind: 'result' })
  if (origin === 'batch') {
    metrics.countCall({ provider, model }, 'answered')
    metrics.countTokens({ provider, model }, result.usage)
  }
  await batchStore.releaseQuestion(item.contentKey, scan.id, resource)
  await jobs.finish(resource)
  return true
}
