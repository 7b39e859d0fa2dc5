import { routeOf } from '@capstan/shared/limits/route-of'
import { rankRoutes } from '@capstan/shared/limits/rank-routes'
import type { Limiter, LimitsSnapshot } from '@capstan/shared/limits/types'
import type { Account } from './account.ts'

export interface Standing {
  account: Account
  snapshot: LimitsSnapshot
}

/** Accounts as they stand now, the best to call with `model` first. */
export async function rankAccounts(
  limiter: Pick<Limiter, 'snapshot'>,
  accounts: Account[],
  model: string,
): Promise<Standing[]> {
  const standings = accounts.map(async (account) => ({
    account,
    snapshot: await limiter.snapshot(routeOf(account.name, model)),
  }))
  return rankRoutes(await Promise.all(standings))
}
