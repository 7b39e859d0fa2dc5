import { z } from 'zod'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { Provider } from '@capstan/shared/contract/provider'
import { batchPrice, computeCostUsd, Price } from '@capstan/shared/prices/price'
import { batchCalls } from '@capstan/redis/join-calls'
import type { JournalStore } from './journal.ts'
import { buildRecordArguments } from './record-arguments.ts'
import { listRecordKeys } from './record-keys.ts'
import { listScanKeys } from './scan-keys.ts'
import { journalScripts } from './scripts.ts'
import type { Journal, AttemptOutcome, UnclaimedAnswer } from './types.ts'

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
/** Redis answers no other client meanwhile: 50 take a millisecond or two. */
const MOST_JOINED = 50

interface Recording {
  resource: string
  answer: UnclaimedAnswer
}

/** What is paid through batches: answers that no start of a type records. */
export function openBatchWrites(
  store: JournalStore,
): Pick<Journal, 'spendInBatch' | 'recordUnclaimed'> {
  const { redis, keys } = store
  const recorded = batchCalls(MOST_JOINED, async (scanId: string, recordings: Recording[]) => {
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
      await journalScripts.spend.run(redis, listScanKeys(keys, scanId), [
        calls,
        ...[inputTokens, cachedTokens, outputTokens].map((tokens) => Math.round(tokens)),
        costUsd === null ? 'unknown' : Math.round(costUsd * 1_000_000),
        estimatedTokens,
      ])
    },
  }
}

/** Provider, model and price of a scan; undefined when there is no such scan. */
async function readModel(
  { redis, keys }: JournalStore,
  scanId: string,
): Promise<ScanModel | undefined> {
  return ScanModel.safeParse(await redis.hmget(keys.scan(scanId), 'provider', 'model', 'price'))
    .data
}

function asOutcome(
  [provider, model, price]: ScanModel,
  { usage: paid, ...answer }: UnclaimedAnswer,
): AttemptOutcome {
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
