import type { Redis } from 'ioredis'
import type { RedisKeys } from '../redis/keys.ts'
import type { Scan } from '../contract/scan.ts'
import { controlSide } from './control-side.ts'
import { itemReads } from './item-reads.ts'
import { scanReads } from './scan-reads.ts'
import type { Journal } from './types.ts'
import type { Capacity } from './work-eta.ts'
import { workSide } from './work-side.ts'

/** Where a journal keeps its scans. */
export interface JournalStore {
  redis: Redis
  keys: RedisKeys
  capacityOf?: CapacityOf | undefined
}

/** How fast calls to a model may go now, for the time left; undefined when nobody knows. */
export type CapacityOf = (model: Pick<Scan, 'provider' | 'model'>) => Promise<Capacity | undefined>

/** The journal over one Redis connection, which stays the caller's. */
export function openJournal(redis: Redis, keys: RedisKeys, capacityOf?: CapacityOf): Journal {
  const store: JournalStore = { redis, keys, capacityOf }
  return { ...controlSide(store), ...workSide(store), ...scanReads(store), ...itemReads(store) }
}
