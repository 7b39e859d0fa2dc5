import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'
import type { LimitKey } from '../types.ts'

const file = (name: string): URL => new URL(`./lua/${name}.lua`, import.meta.url)

/** In this order: each file uses those before it. */
const PRELUDES = [
  'state',
  'learned-rate',
  'buckets',
  'evidence',
  'concurrency',
  'breaker',
  'block-index',
  'estimates',
  'header-sync',
].map(file)

/** The clock of Redis: clocks of processes differ. */
export const REDIS_CLOCK = file('clock')

/** Loads the limit scripts, each one atomic step. `clock` is a Lua file that defines `clock()`, in ms. */
export function loadLimitScripts(clock: URL) {
  const script = (name: string) => defineLuaScript(file(name), clock, ...PRELUDES)
  return {
    configure: script('configure'),
    acquire: script('acquire'),
    settle: script('settle'),
    observe: script('observe'),
    pause: script('pause'),
    resume: script('resume'),
    expireLeases: script('expire-leases'),
    snapshot: script('snapshot'),
  }
}
export type LimitScripts = ReturnType<typeof loadLimitScripts>

/** KEYS of every limit script, in the order of lua/state.lua. */
export function limitScriptKeys(keys: RedisKeys, { account, model }: LimitKey): string[] {
  return [
    keys.limits(account, model, 'state'),
    keys.limits(account, model, 'leases'),
    keys.limits(account, model, 'reservations'),
    keys.limits(account, model, 'queue'),
    keys.breaker(account, model),
    keys.estimates(account, model),
    keys.providerEvents,
    keys.blockedLimitKeys,
  ]
}
