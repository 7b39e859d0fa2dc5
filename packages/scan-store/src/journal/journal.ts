import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { controlSide } from './control-side.ts'
import { itemReads } from './item-reads.ts'
import type { RouteBounds } from '../routes/route-registry.ts'
import type { OutlookOf } from './outlook.ts'
import { scanReads } from './scan-reads.ts'
import type { Journal } from './types.ts'
import { spendSide } from './spend-side.ts'
import { workSide } from './work-side.ts'

/** Where a journal keeps its scans. */
export interface JournalStore {
  redis: Redis
  keys: RedisKeys
  outlookOf?: OutlookOf | undefined
  /** Which routes scans may be opened, resumed and retried on. Default: any. */
  routeBounds?: (() => Promise<RouteBounds>) | undefined
}

/** The journal over one Redis connection, which stays the caller's. */
export function openJournal(
  redis: Redis,
  keys: RedisKeys,
  options: Pick<JournalStore, 'outlookOf' | 'routeBounds'> = {},
): Journal {
  const store: JournalStore = { redis, keys, ...options }
  return {
    ...controlSide(store),
    ...workSide(store),
    ...spendSide(store),
    ...scanReads(store),
    ...itemReads(store),
  }
}
