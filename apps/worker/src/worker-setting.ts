import type { Redis } from 'ioredis'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { Log } from '@capstan/shared/log'
import type { RedisKeys } from '@capstan/redis/keys'
import type { WorkerConfig } from './config.ts'
import type { Account } from './gate/account.ts'

/** What all parts of one worker process share. */
export interface WorkerSetting {
  config: WorkerConfig
  redis: Redis
  stores: Redis
  keys: RedisKeys
  log: Log
  accounts: Account[]
  self: Omit<WorkerStatus, 'lastSeen' | 'active' | 'draining'>
}
