import type { RedisKeys } from '@capstan/redis/keys'
import { listScanKeys } from './scan-keys.ts'

export interface ClaimRequest {
  resource: string
  /** Empty: no lease is respected. */
  contentKey: string
}

/** KEYS of lua/claim.lua. */
export function listClaimKeys(keys: RedisKeys, scanId: string, items: ClaimRequest[]): string[] {
  const leases = items.flatMap(({ contentKey }) => [
    keys.result(contentKey),
    keys.resultLease(contentKey),
  ])
  return [...listScanKeys(keys, scanId), keys.workers, keys.workersSteady, ...leases]
}
