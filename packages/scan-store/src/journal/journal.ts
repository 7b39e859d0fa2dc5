import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { openScanControl } from './write/open-scan-control.ts'
import { openItemReads } from './read/open-item-reads.ts'
import type { JournalStore } from './journal-store.ts'
import { openScanReads } from './read/open-scan-reads.ts'
import type { Journal } from './types.ts'
import { openBatchWrites } from './write/open-batch-writes.ts'
import { openItemWrites } from './write/open-item-writes.ts'

/** Opens the journal over one Redis connection. The caller owns and closes the connection. */
export function openJournal(
  redis: Redis,
  keys: RedisKeys,
  options: Pick<JournalStore, 'readForecast' | 'routeBounds'> = {},
): Journal {
  const store: JournalStore = { redis, keys, ...options }
  return {
    ...openScanControl(store),
    ...openItemWrites(store),
    ...openBatchWrites(store),
    ...openScanReads(store),
    ...openItemReads(store),
  }
}
