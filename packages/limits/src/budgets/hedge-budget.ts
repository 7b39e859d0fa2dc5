import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'

const script = defineLuaScript(new URL('./lua/hedge-budget.lua', import.meta.url))

/** Calls that earn one hedged request: 5 percent. */
const CALLS_PER_HEDGE = 20
/** Bounds the credit of a quiet day, so that it cannot double the load of a later minute. */
const MAX_CREDIT = 10 * CALLS_PER_HEDGE
const KEEP_SECONDS = 86_400

/** Limits hedged requests to a share of the calls of all workers. */
export interface HedgeBudget {
  /** Counts a call, which earns credit. */
  earn(): Promise<void>
  /** Spends credit for one hedged request. Returns false if there is too little. */
  spend(): Promise<boolean>
}

/** Opens the budget over a Redis connection, which the caller closes. */
export function openHedgeBudget(redis: Redis, keys: RedisKeys): HedgeBudget {
  const run = (action: 'earn' | 'spend'): Promise<unknown> =>
    script.run(redis, [keys.hedges], [action, CALLS_PER_HEDGE, MAX_CREDIT, KEEP_SECONDS])
  return {
    earn: async () => {
      await run('earn')
    },
    spend: async () => (await run('spend')) === 1,
  }
}
