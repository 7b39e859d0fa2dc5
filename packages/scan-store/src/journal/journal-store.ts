import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import type { RouteBounds } from '../routes/route-registry.ts'
import type { ReadForecast } from './eta/scan-forecast.ts'

/** Connection, key names and options of a journal. */
export interface JournalStore {
  redis: Redis
  keys: RedisKeys
  readForecast?: ReadForecast | undefined
  /** Bounds on the routes of opened, resumed and retried scans. Default: none. */
  routeBounds?: (() => Promise<RouteBounds>) | undefined
}
