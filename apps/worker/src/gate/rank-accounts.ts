import { rankByHeadroom } from '@capstan/limits/limiter/rank-by-headroom'
import type { Limiter, LimitsSnapshot } from '@capstan/limits/types'
import type { Account } from './account.ts'

export interface Standing {
  account: Account
  snapshot: LimitsSnapshot
  weight: number | undefined
}

/** Calls of this process that have chosen an account and have no turn there yet, so that no snapshot shows them. */
export type Entering = WeakMap<Account, number>

/** Accounts as they stand now, the best to call with `model` first. */
export async function rankAccounts(
  limiter: Pick<Limiter, 'snapshot'>,
  accounts: Account[],
  model: string,
): Promise<Standing[]> {
  return rankByHeadroom(await lookAtAccounts(limiter, accounts, model))
}

/** Accounts as they stand now, in their order. */
export async function lookAtAccounts(
  limiter: Pick<Limiter, 'snapshot'>,
  accounts: Account[],
  model: string,
): Promise<Standing[]> {
  const standings = accounts.map(async (account) => ({
    account,
    snapshot: await limiter.snapshot({ account: account.name, model }),
    weight: account.weight,
  }))
  return Promise.all(standings)
}

/**
 * The best first, with what other calls of this process have chosen since. Whoever takes the first has to note that at
 * once: a burst would else find the same account best, all of it.
 */
export function rankStandings(standings: Standing[], entering: Entering): Standing[] {
  const seen = standings.map(({ snapshot, ...standing }) => {
    const { concurrency } = snapshot
    const inFlight = concurrency.inFlight + (entering.get(standing.account) ?? 0)
    return { ...standing, snapshot: { ...snapshot, concurrency: { ...concurrency, inFlight } } }
  })
  return rankByHeadroom(seen)
}
