import type { RedisKeys } from '@capstan/redis/keys'
import { scanKeys } from './scan-keys.ts'

export interface ClaimedItem {
  resource: string
  /** Empty: no lease is respected. */
  contentKey: string
}

/** KEYS of lua/claim.lua. */
export function claimKeys(keys: RedisKeys, scanId: string, items: ClaimedItem[]): string[] {
  const leases = items.flatMap(({ contentKey }) => [
    keys.result(contentKey),
    keys.resultLease(contentKey),
  ])
  return [...scanKeys(keys, scanId), keys.workers, keys.workersSteady, ...leases]
}
