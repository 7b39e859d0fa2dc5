import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { openScanControl } from './control-side.ts'
import { openItemReads } from './item-reads.ts'
import type { RouteBounds } from '../routes/route-registry.ts'
import type { ReadForecast } from './outlook.ts'
import { openScanReads } from './scan-reads.ts'
import type { Journal } from './types.ts'
import { openBatchWrites } from './spend-side.ts'
import { openItemWrites } from './work-side.ts'

/** Where a journal keeps its scans. */
export interface JournalStore {
  redis: Redis
  keys: RedisKeys
  readForecast?: ReadForecast | undefined
  /** Which routes scans may be opened, resumed and retried on. Default: any. */
  routeBounds?: (() => Promise<RouteBounds>) | undefined
}

/** The journal over one Redis connection, which stays the caller's. */
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
