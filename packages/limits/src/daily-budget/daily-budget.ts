import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { DailyLimits, DailyBudgetView } from '@capstan/shared/contract/day'
import { REDIS_CLOCK } from '../limiter/limit-scripts.ts'
import { classifyPricing } from '@capstan/shared/prices/classify-pricing'
import { defineLuaScript } from '@capstan/redis/lua-script'
import type { RedisKeys } from '@capstan/redis/keys'

/** Of one call, or of one batch. The cost in US dollars is null when the price is not known, and never 0 then. */
export interface SpendAmount {
  tokens: number
  costUsd: number | null
  /** How many of the tokens are estimated, because the provider did not report them. */
  estimatedTokens?: number | undefined
}

export type DailyReserveResult =
  | { outcome: 'reserved' }
  /** The call would pass a limit of today; `until` is when the next day begins (RFC 3339). */
  | { outcome: 'over'; limit: keyof DailyLimits; until: string }
  /** There is a limit of money, and nobody knows what the call costs. */
  | { outcome: 'unpriced' }

/**
 * What all scans together may spend on one day (UTC, by the clock of Redis). Each method is one atomic step, so that
 * workers that race cannot pass a limit, and may be sent again after a lost answer.
 */
export interface DailyBudget {
  /** Sets aside what a call may spend until it is settled; after `forMs` its caller counts as dead, and it as spent. */
  reserve(
    call: string,
    sum: SpendAmount,
    forMs: number,
    limits: DailyLimits,
  ): Promise<DailyReserveResult>
  /**
   * Counts what a call has used; `unknown`: as much as was set aside for it. Without limits nothing needs to have been
   * set aside. Answers a limit of which four fifths are spent, once a day.
   */
  settle(
    call: string,
    used: SpendAmount | 'unknown',
    limits: DailyLimits,
  ): Promise<keyof DailyLimits | undefined>
  look(): Promise<Omit<DailyBudgetView, keyof DailyLimits>>
}

const LIMITS = ['maxTokens', 'maxCostUsd'] as const
const ReserveReply = z.union([
  z.tuple([z.enum(['reserved', 'unpriced'])]),
  z.tuple([z.enum(LIMITS), z.int()]),
])
const LookReply = z.tuple([z.int(), z.int(), z.int(), z.int(), z.int(), z.int(), z.int(), z.int()])

const MICROS = 1_000_000

/** The scripts of the day. `clock` is a Lua file that defines `clock()`, in ms. */
export function loadDailyBudgetScripts(clock: URL) {
  const lua = (name: string) => new URL(`./${name}.lua`, import.meta.url)
  const script = (name: string) => defineLuaScript(lua(name), clock, lua('daily-budget'))
  return { reserve: script('reserve'), settle: script('settle'), look: script('look') }
}

/** Read once: a budget is opened for each look at the day. */
const SCRIPTS = loadDailyBudgetScripts(REDIS_CLOCK)

/** The budget over one Redis connection, which stays the caller's. Redis errors pass through. */
export function openDailyBudget(redis: Redis, keys: RedisKeys, scripts = SCRIPTS): DailyBudget {
  const places = [keys.day, keys.dayReservations, keys.dayEnds]
  return {
    reserve: async (call, sum, forMs, limits) => {
      const args = [call, ...sumArguments(sum), Math.ceil(forMs), ...limitArguments(limits)]
      const reply = ReserveReply.parse(await scripts.reserve.run(redis, places, args))
      if (reply.length === 1) return { outcome: reply[0] }
      return { outcome: 'over', limit: reply[0], until: new Date(reply[1]).toISOString() }
    },
    settle: async (call, used, limits) => {
      const isFree = limits.maxCostUsd === undefined && limits.maxTokens === undefined
      const sum = used === 'unknown' ? ['', ''] : sumArguments(used)
      const estimated = used === 'unknown' ? 0 : whole(used.estimatedTokens ?? 0)
      const args = [call, ...sum, Number(isFree), ...limitArguments(limits), estimated]
      const reply = z.enum([...LIMITS, '']).parse(await scripts.settle.run(redis, places, args))
      return reply === '' ? undefined : reply
    },
    look: async () => asView(LookReply.parse(await scripts.look.run(redis, places, []))),
  }
}

function asView(reply: z.infer<typeof LookReply>) {
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

function sumArguments({ tokens, costUsd }: SpendAmount): (string | number)[] {
  return [whole(tokens), costUsd === null ? '' : whole(costUsd * MICROS)]
}

function limitArguments({ maxTokens, maxCostUsd }: DailyLimits): (string | number)[] {
  return [maxTokens ?? '', maxCostUsd === undefined ? '' : Math.floor(maxCostUsd * MICROS)]
}

function whole(amount: number): number {
  return Math.max(0, Math.round(amount))
}
