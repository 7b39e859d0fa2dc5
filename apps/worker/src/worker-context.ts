import type { Redis } from 'ioredis'
import type { CuratedLookup } from '@capstan/shared/inference/find-curated-result'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { Log } from '@capstan/shared/log'
import type { RedisKeys } from '@capstan/redis/keys'
import type { Account } from './accounts/account.ts'
import type { WorkerConfig } from './config.ts'

/** Shared by all parts of one worker process. */
export interface WorkerContext {
  config: WorkerConfig
  redis: Redis
  stores: Redis
  keys: RedisKeys
  log: Log
  accounts: Account[]
  curated: CuratedLookup
  self: Omit<WorkerStatus, 'lastSeen' | 'active' | 'draining'>
}
