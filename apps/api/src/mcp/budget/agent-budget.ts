import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { AppError } from '@capstan/shared/errors'

/** Money that the scans of one caller may cost today, as far as agents start them. */
export interface AgentBudget {
  /** Counts `usd` once for `id`. Throws AppError RATE_LIMITED when the budget of the day is reached. */
  reserve(id: string, usd: number): Promise<void>
  release(id: string): Promise<void>
  /** False without a budget. */
  isLimited: boolean
}

/** Bounds the hash of a caller who starts scans in a loop. */
const MAX_RESERVATIONS = 1_000
const MICROS = 1_000_000
const Reply = z.tuple([z.enum(['done', 'exceeded']), z.number()])
const script = defineLuaScript(new URL('./agent-budget.lua', import.meta.url))

export const UNLIMITED_AGENT_BUDGET: AgentBudget = {
  reserve: async () => {},
  release: async () => {},
  isLimited: false,
}

/** Opens the budget of the caller with `principalId`: `maxUsd` a day (UTC), shared by all replicas. */
export function openAgentBudget(
  { redis, keys }: { redis: Redis; keys: RedisKeys },
  principalId: string,
  maxUsd: number,
): AgentBudget {
  const limit = Math.round(maxUsd * MICROS)
  const run = async (action: 'reserve' | 'release', id: string, usd: number) => {
    // At least one, because a reservation of nothing would not be found again.
    const amount = Math.max(1, Math.ceil(usd * MICROS))
    const args = [action, id, amount, limit, MAX_RESERVATIONS]
    return Reply.parse(await script.run(redis, [keys.agentBudget(principalId)], args))
  }
  return {
    isLimited: true,
    reserve: async (id, usd) => {
      const [outcome, total] = await run('reserve', id, usd)
      if (outcome === 'exceeded') throw exceededError(maxUsd, total / MICROS, usd)
    },
    release: async (id) => {
      await run('release', id, 0)
    },
  }
}

function exceededError(maxUsd: number, usedUsd: number, usd: number): AppError {
  const left = Math.max(0, maxUsd - usedUsd)
  return new AppError(
    'RATE_LIMITED',
    `The budget of this token for agents is $${maxUsd} a day, and $${left.toFixed(4)} are left for a scan of $${usd}`,
    {
      hint: 'Use a smaller maxCostUsd or fewer types, or wait until midnight UTC. The setting is CAPSTAN_MCP_BUDGET_USD.',
    },
  )
}
