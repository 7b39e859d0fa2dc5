import { rankByHeadroom } from '@capstan/limits/limiter/rank-by-headroom'
import type { Limiter, LimitsSnapshot } from '@capstan/limits/types'
import type { Account } from './account.ts'

export interface AccountSnapshot {
  account: Account
  snapshot: LimitsSnapshot
  weight: number | undefined
}

/** Calls of this process that have chosen an account and have no permit yet, so that no snapshot contains them. */
export type PendingCalls = WeakMap<Account, number>

/** The accounts with their limits for `model`, the one with the most headroom first. */
export async function rankAccounts(
  limiter: Pick<Limiter, 'snapshot'>,
  accounts: Account[],
  model: string,
): Promise<AccountSnapshot[]> {
  return rankByHeadroom(await readSnapshots(limiter, accounts, model))
}

/** The same in the order of `accounts`. */
export async function readSnapshots(
  limiter: Pick<Limiter, 'snapshot'>,
  accounts: Account[],
  model: string,
): Promise<AccountSnapshot[]> {
  const snapshots = accounts.map(async (account) => ({
    account,
    snapshot: await limiter.snapshot({ account: account.name, model }),
    weight: account.weight,
  }))
  return Promise.all(snapshots)
}

/**
 * Ranks by headroom and by the calls that other callers have chosen since. A caller counts its choice at once: all calls
 * of a burst would otherwise choose the same account.
 */
export function rankSnapshots(
  snapshots: AccountSnapshot[],
  pending: PendingCalls,
): AccountSnapshot[] {
  const seen = snapshots.map(({ snapshot, ...one }) => {
    const { concurrency } = snapshot
    const inFlight = concurrency.inFlight + (pending.get(one.account) ?? 0)
    return { ...one, snapshot: { ...snapshot, concurrency: { ...concurrency, inFlight } } }
  })
  return rankByHeadroom(seen)
}
