import { z } from 'zod'
import { CURATED_PROVIDER } from '@capstan/shared/contract/answer-source'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { Provider } from '@capstan/shared/contract/provider'
import { batchPrice, computeCostUsd, Price } from '@capstan/shared/prices/price'
import { batchCalls } from '@capstan/redis/batch-calls'
import type { JournalStore } from '../journal-store.ts'
import { buildRecordArguments } from './build-record-arguments.ts'
import { listRecordKeys } from '../script-keys.ts'
import { listScanKeys } from '../script-keys.ts'
import { journalScripts } from '../scripts.ts'
import type { Journal, AttemptOutcome, UnclaimedAnswer } from '../types.ts'

const ScanModel = z.tuple([
  Provider,
  z.string(),
  z
    .string()
    .nullable()
    .transform((price) => (price ? Price.parse(JSON.parse(price)) : null)),
])
type ScanModel = z.infer<typeof ScanModel>

const Replies = z.array(z.enum(['recorded', 'busy', 'duplicate', 'absent', 'unknown']))
/** Items per script call, which blocks Redis for 1 to 2 ms. */
const MAX_ITEMS = 50

interface Recording {
  resource: string
  answer: UnclaimedAnswer
}

/** Writes of batch mode: answers and spend that no attempt of an item records. */
export function openBatchWrites(
  store: JournalStore,
): Pick<Journal, 'spendInBatch' | 'recordUnclaimed'> {
  const { redis, keys } = store
  const recorded = batchCalls(MAX_ITEMS, async (scanId: string, recordings: Recording[]) => {
    const scan = await readModel(store, scanId)
    if (!scan) return recordings.map((): z.infer<typeof Replies>[number] => 'unknown')
    const args = recordings.flatMap(({ resource, answer }) =>
      buildRecordArguments(
        resource,
        Number(answer.endsRunningItem ?? false),
        asOutcome(scan, answer),
      ),
    )
    return Replies.parse(
      await journalScripts.recordUnclaimed.run(redis, listRecordKeys(keys, scanId), args),
    )
  })
  return {
    recordUnclaimed: (scanId, resource, answer) => recorded(scanId, { resource, answer }),
    spendInBatch: async (scanId, { calls, usage }) => {
      const scan = await readModel(store, scanId)
      if (!scan) return
      const costUsd = computeCostUsd(usage, batchPrice(scan[2]))
      const { inputTokens, cachedTokens, outputTokens, estimatedTokens = 0 } = usage
      await journalScripts.addSpend.run(redis, listScanKeys(keys, scanId), [
        calls,
        ...[inputTokens, cachedTokens, outputTokens].map((tokens) => Math.round(tokens)),
        costUsd === null ? 'unknown' : Math.round(costUsd * 1_000_000),
        estimatedTokens,
      ])
    },
  }
}

/** Reads provider, model and price of a scan. Undefined for an unknown scan. */
async function readModel(
  { redis, keys }: JournalStore,
  scanId: string,
): Promise<ScanModel | undefined> {
  return ScanModel.safeParse(await redis.hmget(keys.scan(scanId), 'provider', 'model', 'price'))
    .data
}

function asOutcome(
  [provider, model, price]: ScanModel,
  { usage: paid, curatedVersion, ...answer }: UnclaimedAnswer,
): AttemptOutcome {
  if (curatedVersion !== undefined) {
    const free = { usage: NO_USAGE, calls: 0, costUsd: 0, cached: false }
    return {
      ...answer,
      ...free,
      type: 'succeeded',
      provider: CURATED_PROVIDER,
      model: curatedVersion,
    }
  }
  const usage = answer.cached ? NO_USAGE : paid
  return {
    ...answer,
    type: 'succeeded',
    provider,
    model,
    usage,
    calls: answer.cached ? 0 : 1,
    fromBatch: !answer.cached,
    costUsd: computeCostUsd(usage, batchPrice(price)),
  }
}
