import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { DailyLimits, DailyBudgetView } from '@capstan/shared/contract/daily-budget'
import { REDIS_CLOCK } from '../limiter/limit-scripts.ts'
import { classifyPricing } from '@capstan/shared/prices/classify-pricing'
import { defineLuaScript } from '@capstan/redis/lua-script'
import type { RedisKeys } from '@capstan/redis/keys'

/** Spend of one call or batch. The cost in US dollars is null, not 0, if the price is unknown. */
export interface SpendAmount {
  tokens: number
  costUsd: number | null
  /** Tokens that are estimated, because the provider did not report them. */
  estimatedTokens?: number | undefined
}

export type DailyReserveResult =
  | { outcome: 'reserved' }
  /** The call would exceed a limit. `until`: start of the next day, RFC 3339. */
  | { outcome: 'over'; limit: keyof DailyLimits; until: string }
  /** There is a limit in US dollars, and the price of the call is unknown. */
  | { outcome: 'unpriced' }

/**
 * Limits the spend of all scans per day (UTC, clock of Redis). Each method is one atomic step, so that concurrent workers
 * cannot exceed a limit, and may be sent again after a lost reply.
 */
export interface DailyBudget {
  /** Reserves the maximum spend of a call. An unsettled reservation counts as spent after `ttlMs`. */
  reserve(
    call: string,
    amount: SpendAmount,
    ttlMs: number,
    limits: DailyLimits,
  ): Promise<DailyReserveResult>
  /**
   * Counts the spend of a call. `unknown`: its reservation. Without limits a call needs no reservation. Returns a limit
   * that is 80 % spent, once a day.
   */
  settle(
    call: string,
    used: SpendAmount | 'unknown',
    limits: DailyLimits,
  ): Promise<keyof DailyLimits | undefined>
  read(): Promise<Omit<DailyBudgetView, keyof DailyLimits>>
}

const LIMITS = ['maxTokens', 'maxCostUsd'] as const
const ReserveReply = z.union([
  z.tuple([z.enum(['reserved', 'unpriced'])]),
  z.tuple([z.enum(LIMITS), z.int()]),
])
const ReadReply = z.tuple([z.int(), z.int(), z.int(), z.int(), z.int(), z.int(), z.int(), z.int()])

const MICROS = 1_000_000

/** Loads the scripts. `clock` is a Lua file that defines `clock()`, in ms. */
export function loadDailyBudgetScripts(clock: URL) {
  const lua = (name: string) => new URL(`./${name}.lua`, import.meta.url)
  const script = (name: string) => defineLuaScript(lua(name), clock, lua('daily-budget'))
  return { reserve: script('reserve'), settle: script('settle'), read: script('read') }
}

/** Loaded once: the API opens a budget for each request. */
const SCRIPTS = loadDailyBudgetScripts(REDIS_CLOCK)

/** Opens the budget over a Redis connection, which the caller closes. Redis errors pass through. */
export function openDailyBudget(redis: Redis, keys: RedisKeys, scripts = SCRIPTS): DailyBudget {
  const names = [keys.dailySpend, keys.dailyReservations, keys.dailyReservationExpiries]
  return {
    reserve: async (call, amount, ttlMs, limits) => {
      const args = [
        call,
        ...buildAmountArguments(amount),
        Math.ceil(ttlMs),
        ...limitArguments(limits),
      ]
      const reply = ReserveReply.parse(await scripts.reserve.run(redis, names, args))
      if (reply.length === 1) return { outcome: reply[0] }
      return { outcome: 'over', limit: reply[0], until: new Date(reply[1]).toISOString() }
    },
    settle: async (call, used, limits) => {
      const isUnlimited = limits.maxCostUsd === undefined && limits.maxTokens === undefined
      const amount = used === 'unknown' ? ['', ''] : buildAmountArguments(used)
      const estimated = used === 'unknown' ? 0 : whole(used.estimatedTokens ?? 0)
      const args = [call, ...amount, Number(isUnlimited), ...limitArguments(limits), estimated]
      const reply = z.enum([...LIMITS, '']).parse(await scripts.settle.run(redis, names, args))
      return reply === '' ? undefined : reply
    },
    read: async () => toView(ReadReply.parse(await scripts.read.run(redis, names, []))),
  }
}

function toView(reply: z.infer<typeof ReadReply>) {
  const [midnight, tokens, micros, calls, unpricedTokens, estimatedTokens, ...reserved] = reply
  const known = micros / MICROS
  const costUsd = unpricedTokens > 0 ? null : known
  return {
    until: new Date(midnight).toISOString(),
    tokens,
    calls,
    costUsd,
    pricing: classifyPricing(costUsd, estimatedTokens),
    knownCostUsd: known,
    unpricedTokens,
    estimatedTokens,
    reservedTokens: reserved[0],
    reservedCostUsd: reserved[1] / MICROS,
  }
}

function buildAmountArguments({ tokens, costUsd }: SpendAmount): (string | number)[] {
  return [whole(tokens), costUsd === null ? '' : whole(costUsd * MICROS)]
}

function limitArguments({ maxTokens, maxCostUsd }: DailyLimits): (string | number)[] {
  return [maxTokens ?? '', maxCostUsd === undefined ? '' : Math.floor(maxCostUsd * MICROS)]
}

function whole(amount: number): number {
  return Math.max(0, Math.round(amount))
}
