import type { RedisKeys } from '@capstan/redis/keys'
import type { LimitKey } from '../types.ts'

/** KEYS of every limit script, in the order that lua/group.lua names. */
export function limitScriptKeys(keys: RedisKeys, { account, model }: LimitKey): string[] {
  return [
    keys.limits(account, model, 'state'),
    keys.limits(account, model, 'leases'),
    keys.limits(account, model, 'reservations'),
    keys.limits(account, model, 'line'),
    keys.breaker(account, model),
    keys.estimates(account, model),
    keys.providerEvents,
    keys.blockedLimitKeys,
  ]
}
