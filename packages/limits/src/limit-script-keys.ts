import type { RedisKeys } from '@capstan/redis/keys'
import type { LimitKey } from './types.ts'

/** KEYS of every limit script, in the order that lua/group.lua names. */
export function limitScriptKeys(keys: RedisKeys, { account, group, model }: LimitKey): string[] {
  return [
    keys.limits(account, group, 'state'),
    keys.limits(account, group, 'leases'),
    keys.limits(account, group, 'reservations'),
    keys.limits(account, group, 'line'),
    keys.breaker(account, model),
    keys.estimates(account, model),
    keys.providerNews,
    keys.blockedLimitKeys,
  ]
}
