import { addUsage } from '@capstan/shared/inference/add-usage'
import type { StoredBatchAnswer, OpenBatch } from '@capstan/scan-store/batches/batch-book'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { contentKey } from '@capstan/shared/inference/content-key'
import { answeredResult, type Answered } from './answered-result.ts'
import type { TendDeps } from './tend-deps.ts'
import { validAnswer } from './valid-answer.ts'

/** Answers that came for a scan that is over: they are paid for, so they are counted, and kept for whoever asks next. */
export async function keepUnwanted(
  {
    journal,
    results,
    workerId,
    ...deps
  }: Pick<TendDeps, 'journal' | 'results' | 'definitions' | 'workerId'>,
  scan: Scan,
  { resources, definitions }: Pick<OpenBatch, 'resources' | 'definitions'>,
  answers: Map<string, StoredBatchAnswer>,
): Promise<void> {
  for (const [index, resource] of resources.entries()) {
    const answer = answers.get(resource)
    if (answer?.outcome !== 'answered') continue
    const definition = await deps.definitions.get(definitions[index] ?? '')
    const valid = definition && validAnswer(answer, definition)
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
      answeredResult(answer, answeredBy),
    )
  }
  await countUnwanted(journal, scan.id, [...answers.values()])
}

/** Adds what answers have cost that no type takes over any more. */
export async function countUnwanted(
  journal: TendDeps['journal'],
  scanId: string,
  kept: StoredBatchAnswer[],
): Promise<void> {
  const answered = kept.filter((answer): answer is Answered => answer.outcome === 'answered')
  if (answered.length === 0) return
  const usage = answered.reduce((sum, one) => addUsage(sum, one.usage), NO_USAGE)
  await journal.spendInBatch(scanId, { calls: answered.length, usage })
}
