import { findBlock } from '@capstan/limits/limiter/find-block'
import type { Limiter } from '@capstan/limits/types'
import type { Account } from '../../accounts/account.ts'
import { readSnapshots, type AccountSnapshot } from '../../accounts/rank-accounts.ts'
import type { HealthWatch } from '../../accounts/watch-health.ts'

export interface RetryAccountsDeps {
  limiter: Pick<Limiter, 'snapshot'>
  health: Pick<HealthWatch, 'readAccountHealth' | 'selectUsable'>
}

interface Retry {
  model: string
  /** The account at which the last failed attempt failed. */
  failedAccount: string | undefined
}

/**
 * Reasons against an account. Each value is larger than the sum of the smaller ones, so that the worst one decides: a call that
 * fails uses up an attempt, and a call that waits does not.
 */
const AGAINST = { failing: 8, blocked: 4, failedBefore: 2, unknown: 1 } as const

/**
 * Chooses the accounts that are most likely to answer a retry: those with a closed breaker that have answered before those that are
 * not known to answer, and the account of the failed attempt after both. Returns several accounts if they are equally good.
 */
export async function chooseRetryAccounts(
  { limiter, health }: RetryAccountsDeps,
  accounts: Account[],
  { model, failedAccount }: Retry,
): Promise<Account[]> {
  if (accounts.length < 2) return accounts
  // The permit stage needs the limits as well, and reports that it cannot read them.
  const snapshots = await readSnapshots(limiter, accounts, model).catch(() => undefined)
  if (!snapshots) return accounts
  const ranked = await Promise.all(
    snapshots.map(async ({ account, snapshot }) => {
      const state = await health.readAccountHealth(account, model)
      const sum =
        (isBlocked(snapshot) ? AGAINST.blocked : 0) +
        (account.name === failedAccount ? AGAINST.failedBefore : 0) +
        (state === 'answering' ? 0 : AGAINST[state])
      return { account, sum }
    }),
  )
  const best = Math.min(...ranked.map(({ sum }) => sum))
  return ranked.filter(({ sum }) => sum === best).map(({ account }) => account)
}

/** A half-open breaker admits a single call as a probe. */
function isBlocked(snapshot: AccountSnapshot['snapshot']): boolean {
  return findBlock(snapshot) !== null || snapshot.breaker.state !== 'closed'
}
