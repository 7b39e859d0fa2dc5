import type { StoredBatchAnswer, OpenBatch } from '@capstan/scan-store/batches/batch-store'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { ItemError } from '@capstan/shared/errors'
import type { BatchModel } from '@capstan/shared/inference/batch-types'
import { settleBatch } from './batch-daily-budget.ts'
import type { PollerDeps } from './poller-deps.ts'
import {
  CLOCK_SKEW_MS,
  findBatchModel,
  readBatchAnswers,
  type PolledBatch,
} from './read-batch-answers.ts'
import { countUnneededAnswers, storeUnneededAnswers } from './store-unneeded-answers.ts'

/**
 * Cancels the batches of a scan that is over, so that open questions are not paid. Answered ones are paid, so a batch is
 * forgotten only after the provider has ended it and listed them.
 */
export async function cancelBatches(
  deps: PollerDeps,
  { scanId, scan, open }: { scanId: string; scan: Scan | undefined; open: OpenBatch[] },
  signal: AbortSignal,
): Promise<void> {
  if (!scan) return deps.batchStore.forgetScan(scanId)
  let left = 0
  for (const batch of open) {
    const model = findBatchModel(deps, scan, batch)
    // Without a model, another worker has the key.
    const isOver = model && (await cancelBatch(deps, { scan, batch, model }, signal))
    if (!isOver) left += 1
  }
  if (left > 0 || !scan.done) return undefined
  const { answered } = await deps.batchStore.readScan(scanId)
  const kept = await Promise.all(answered.map((name) => deps.batchStore.readAnswer(scanId, name)))
  await deps.batchStore.forgetScan(scanId)
  return countUnneededAnswers(
    deps.journal,
    scanId,
    kept.filter((answer) => answer !== undefined),
  )
}

/** Returns whether the batch has ended; the next poll repeats the cancel until it has. */
async function cancelBatch(
  deps: PollerDeps,
  { scan, batch, model }: PolledBatch,
  signal: AbortSignal,
): Promise<boolean> {
  const { batchStore, log } = deps
  const found =
    batch.id === null
      ? await model.find(
          batch.name,
          { sinceMs: batch.startedAtMs - CLOCK_SKEW_MS, known: [] },
          signal,
        )
      : { outcome: 'found' as const, id: batch.id }
  // Until other batches have ended it is unknown whether the provider has received this one.
  if (found.outcome === 'unsure') return false
  const answers =
    found.outcome === 'absent'
      ? new Map<string, StoredBatchAnswer>()
      : await endNow(model, { ...batch, id: found.id }, signal)
  if (!answers) return false
  if (!(await batchStore.storeAnswers(scan.id, batch.name, new Map()))) return true
  await settleBatch(deps, scan, batch, answers)
  await storeUnneededAnswers(deps, scan, batch, answers)
  log.info({ scanId: scan.id, batch: batch.name, outcome: found.outcome }, 'a batch was canceled')
  return true
}

/** Cancels a batch and returns its answers; undefined while the provider is still ending it. */
async function endNow(
  model: BatchModel,
  batch: OpenBatch & { id: string },
  signal: AbortSignal,
): Promise<Map<string, StoredBatchAnswer> | undefined> {
  try {
    await model.cancel(batch.id, signal)
    const state = await model.state(batch.id, signal)
    return state === 'running' ? undefined : await readBatchAnswers(model, batch, state, signal)
  } catch (error) {
    // The provider has deleted the batch, so nothing is left to wait for.
    if (error instanceof ItemError && error.reason === 'provider_not_configured') return new Map()
    throw error
  }
}
