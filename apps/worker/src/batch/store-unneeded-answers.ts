import { addUsage } from '@capstan/shared/inference/add-usage'
import type { StoredBatchAnswer, OpenBatch } from '@capstan/scan-store/batches/batch-store'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { contentKey } from '@capstan/shared/inference/content-key'
import { toBatchResult, type BatchAnswerText } from './to-batch-result.ts'
import type { PollerDeps } from './poller-deps.ts'
import { findValidAnswer } from './find-valid-answer.ts'

/** Stores and counts the answers for a scan that is over: they are paid, and another scan may use them. */
export async function storeUnneededAnswers(
  {
    journal,
    results,
    workerId,
    ...deps
  }: Pick<PollerDeps, 'journal' | 'results' | 'definitions' | 'workerId'>,
  scan: Scan,
  { resources, definitions }: Pick<OpenBatch, 'resources' | 'definitions'>,
  answers: Map<string, StoredBatchAnswer>,
): Promise<void> {
  for (const [index, resource] of resources.entries()) {
    const answer = answers.get(resource)
    if (answer?.outcome !== 'answered') continue
    const definition = await deps.definitions.get(definitions[index] ?? '')
    const valid = definition && findValidAnswer(answer, definition)
    if (!valid) continue
    const { outlineHash } = definition
    const { provider, model } = scan
    const answeredBy = {
      answer: valid,
      model,
      scanId: scan.id,
      worker: workerId,
      attempt: null,
    }
    await results.put(
      contentKey({ outlineHash, provider, model }),
      toBatchResult(answer, answeredBy),
    )
  }
  await countUnneededAnswers(journal, scan.id, [...answers.values()])
}

/** Counts the cost of answers that no item will record. */
export async function countUnneededAnswers(
  journal: PollerDeps['journal'],
  scanId: string,
  kept: StoredBatchAnswer[],
): Promise<void> {
  const answered = kept.filter((answer): answer is BatchAnswerText => answer.outcome === 'answered')
  if (answered.length === 0) return
  const usage = answered.reduce((sum, one) => addUsage(sum, one.usage), NO_USAGE)
  await journal.spendInBatch(scanId, { calls: answered.length, usage })
}
