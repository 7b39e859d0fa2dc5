import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'

const script = defineLuaScript(new URL('./lua/hedge-budget.lua', import.meta.url))

/** Calls that earn a second one: 5 percent. */
const CALLS_PER_HEDGE = 20
/** A quiet day must not be paid back in a minute of doubled load. */
const MOST_CALLS = 10 * CALLS_PER_HEDGE
const KEEP_SECONDS = 86_400

/** How many calls of all workers together may be made twice. */
export interface HedgeBudget {
  /** Counts a call. */
  earn(): Promise<void>
  /** Whether another call may be made twice now; that uses it up. */
  spend(): Promise<boolean>
}

/** The budget over one Redis connection, which stays the caller's. */
export function openHedgeBudget(redis: Redis, keys: RedisKeys): HedgeBudget {
  const run = (what: 'earn' | 'spend'): Promise<unknown> =>
    script.run(redis, [keys.hedges], [what, CALLS_PER_HEDGE, MOST_CALLS, KEEP_SECONDS])
  return {
    earn: async () => {
      await run('earn')
    },
    spend: async () => (await run('spend')) === 1,
  }
}
