import { batchPrice, costOf, Price } from '../prices/price.ts'
import type { JournalStore } from './journal.ts'
import { scanKeys } from './scan-keys.ts'
import { scripts } from './scripts.ts'
import type { Journal } from './types.ts'

/** What is paid beside the starts of types. */
export function spendSide({ redis, keys }: JournalStore): Pick<Journal, 'spendInBatch'> {
  return {
    spendInBatch: async (scanId, { calls, usage }) => {
      const text = await redis.hget(keys.scan(scanId), 'price')
      const price = text ? Price.parse(JSON.parse(text)) : null
      const costUsd = costOf(usage, batchPrice(price))
      const { inputTokens, cachedTokens, outputTokens } = usage
      await scripts.spend.run(redis, scanKeys(keys, scanId), [
        calls,
        ...[inputTokens, cachedTokens, outputTokens].map((tokens) => Math.round(tokens)),
        costUsd === null ? 'unknown' : Math.round(costUsd * 1_000_000),
      ])
    },
  }
}
