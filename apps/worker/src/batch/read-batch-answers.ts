import type { StoredBatchAnswer, OpenBatch } from '@capstan/scan-store/batches/batch-store'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { BatchAnswer, BatchModel } from '@capstan/shared/inference/batch-types'
import { completeUsage } from '@capstan/shared/inference/complete-usage'
import { estimateBatchUsage } from './batch-daily-budget.ts'
import type { PollerDeps } from './poller-deps.ts'

export interface PolledBatch {
  scan: Scan
  batch: OpenBatch
  model: BatchModel
}

/** Largest difference between the clocks of provider and worker. */
export const CLOCK_SKEW_MS = 5 * 60_000

/** Finds the model at the account of a batch; undefined when this worker does not have the account. */
export function findBatchModel(
  { accounts }: PollerDeps,
  scan: Scan,
  batch: OpenBatch,
): BatchModel | undefined {
  const account = accounts.find(({ name }) => name === batch.account)
  return account?.batches(scan.model)
}

/** Returns an answer for each type of the batch; types that the provider leaves out are `unserved`. */
export async function readBatchAnswers(
  model: BatchModel,
  batch: OpenBatch & { id: string },
  state: 'ended' | 'failed',
  signal: AbortSignal,
): Promise<Map<string, StoredBatchAnswer>> {
  const because = state === 'failed' ? 'failed' : 'expired'
  const answers = new Map(
    batch.resources.map((resource): [string, StoredBatchAnswer] => [
      resource,
      { outcome: 'unserved', because },
    ]),
  )
  if (state === 'failed') return answers
  for await (const answer of model.answers(batch.id, signal)) {
    const resource = findResource(batch, answer.id)
    if (resource !== undefined) answers.set(resource, toStoredAnswer(answer, batch))
  }
  return answers
}

function findResource({ name, resources }: OpenBatch, id: string): string | undefined {
  return id.startsWith(`${name}-`) ? resources[Number(id.slice(name.length + 1))] : undefined
}

function toStoredAnswer(answer: BatchAnswer, batch: OpenBatch): StoredBatchAnswer {
  switch (answer.outcome) {
    case 'answered': {
      const { text, stop, requestId } = answer.answer
      const usage = completeUsage(answer.answer.usage, estimateBatchUsage(batch, text))
      return { outcome: 'answered', text, stop, usage, requestId }
    }
    case 'failed': {
      const { reason, policy, message, hint } = answer.error
      return { outcome: 'failed', reason, policy, message, ...(hint === undefined ? {} : { hint }) }
    }
    case 'unserved':
      return { outcome: 'unserved', because: answer.because }
  }
}
