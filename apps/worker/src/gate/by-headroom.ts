import type { Limiter, LimitsSnapshot } from '@capstan/shared/limits/types'
import { routeOf, type Account } from './account.ts'

export interface Standing {
  account: Account
  /** Until its pause or open breaker ends. */
  blockedMs: number
  /** Share of the scarcest limit that is left, 0 to 1. */
  headroom: number
}

/** Accounts, the one with the most room first and blocked ones last, soonest free first. */
export async function byHeadroom(
  limiter: Pick<Limiter, 'snapshot'>,
  accounts: Account[],
  model: string,
): Promise<Standing[]> {
  const standings = await Promise.all(
    accounts.map(async (account) => {
      const snapshot = await limiter.snapshot(routeOf(account, model))
      return { account, blockedMs: blockedMs(snapshot), headroom: headroom(snapshot) }
    }),
  )
  return standings.toSorted((a, b) => a.blockedMs - b.blockedMs || b.headroom - a.headroom)
}

function blockedMs({ paused, breaker }: LimitsSnapshot): number {
  return Math.max(paused?.forMs ?? 0, breaker.state === 'open' ? breaker.forMs : 0)
}

function headroom({ dimensions, concurrency }: LimitsSnapshot): number {
  const left = Object.values(dimensions).map(({ available, capacity }) => available / capacity)
  const slots = 1 - concurrency.inFlight / Math.max(1, concurrency.limit)
  return Math.max(0, Math.min(1, slots, ...left))
}
