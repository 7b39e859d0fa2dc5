import type { RedisKeys } from '@capstan/redis/keys'
import { listScanKeys } from './scan-keys.ts'

/** KEYS of the scripts that record, in the order that lua/outcome.lua names. */
export function listRecordKeys(keys: RedisKeys, scanId: string): string[] {
  return [...listScanKeys(keys, scanId), keys.batchAnswers(scanId)]
}
