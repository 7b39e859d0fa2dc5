import { openBatchStore, type StoredBatchAnswer } from '@capstan/scan-store/batches/batch-store'
import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { computeDefinitionRef } from '@capstan/scan-store/definitions/compute-definition-ref'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import type { ScanRig } from '@capstan/testkit/scan-rig'

/** The usage of each answer of `collectAnswers`. */
export const ANSWER_USAGE = { inputTokens: 100, cachedTokens: 0, outputTokens: 50 }

/** Puts a valid answer of a batch into the batch store for each type, as a poller that has collected them. */
export async function collectAnswers(
  { redis, keys }: ScanRig,
  scanId: string,
  types: Definition[],
): Promise<void> {
  const batchStore = openBatchStore(redis, keys)
  const resources = types.map(({ type }) => resourceName(type))
  const name = 'capstan-collected'
  await batchStore.saveBatch(scanId, {
    name,
    account: 'anthropic',
    resources,
    definitions: types.map(computeDefinitionRef),
    id: 'batch_1',
    startedAtMs: Date.now(),
    estimatedTokens: 1,
    estimatedCostUsd: 0,
  })
  const answer: StoredBatchAnswer = {
    outcome: 'answered',
    text: JSON.stringify(makeStoredResult().answer),
    stop: 'end',
    usage: ANSWER_USAGE,
    requestId: null,
  }
  await batchStore.storeAnswers(
    scanId,
    name,
    new Map(resources.map((resource) => [resource, answer])),
  )
}
