import { ITEM_STATUSES } from '@capstan/shared/contract/scan/scan-item'
import type { RedisKeys } from '@capstan/redis/keys'

/** KEYS of every journal script, in the order that lua/prelude.lua names. */
export function listScanKeys(keys: RedisKeys, scanId: string): string[] {
  return [
    keys.scan(scanId),
    keys.scanItems(scanId),
    keys.scanStates(scanId),
    keys.scanAttempts(scanId),
    keys.scanEvents(scanId),
    ...ITEM_STATUSES.map((status) => keys.scanStatus(scanId, status)),
    keys.activeScans,
    keys.routes,
    keys.scanExcluded(scanId),
    keys.scans,
    keys.closedRoutes,
    keys.modelMeans,
    keys.scanChanges,
    keys.scanEnds,
  ]
}

export interface ClaimRequest {
  resource: string
  /** Empty: the lease of its answer is ignored. */
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

/** KEYS of the scripts that record outcomes, in the order that lua/outcome.lua names. */
export function listRecordKeys(keys: RedisKeys, scanId: string): string[] {
  return [...listScanKeys(keys, scanId), keys.batchAnswers(scanId)]
}
