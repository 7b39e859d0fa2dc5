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
  ]
}
