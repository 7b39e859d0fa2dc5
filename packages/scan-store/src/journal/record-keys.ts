import type { RedisKeys } from '@capstan/redis/keys'
import { scanKeys } from './scan-keys.ts'

/** KEYS of the scripts that record, in the order that lua/outcome.lua names. */
export function recordKeys(keys: RedisKeys, scanId: string): string[] {
  return [...scanKeys(keys, scanId), keys.batchAnswers(scanId)]
}
