import { routeOf } from '@capstan/shared/limits/route-of'
import { MustWait } from '@capstan/shared/limits/must-wait'
import type { Admission, Ask, Limiter, Turn, TurnRequest } from '@capstan/shared/limits/types'
import type { Account } from './account.ts'
import { rankAccounts } from './rank-accounts.ts'

/**
 * Waiting here holds a slot and asks Redis no more than once for all waiting calls of the process; giving up
 * costs two events and another claim. So only a wait that is long for a person is not sat through.
 */
const PATIENCES_MS = { endless: Number.POSITIVE_INFINITY, usual: 30_000, none: 0 } as const

export interface Wanted extends Ask {
  model: string
  patience?: 'endless' | 'none' | undefined
  onWait?: TurnRequest['onWait']
}

export interface Entered {
  account: Account
  turn: Turn
}

/**
 * A turn at the account with the most room that has one now, else at the one that has one first. Late binding:
 * the account is chosen when the call is about to start. Throws MustWait when all are too far off.
 */
export async function enterAny(
  { admission, limiter }: { admission: Admission; limiter: Pick<Limiter, 'snapshot'> },
  accounts: Account[],
  { model, patience, ...ask }: Wanted,
  signal: AbortSignal,
): Promise<Entered> {
  const enter = async (account: Account, withinMs: number): Promise<Entered> => {
    const route = routeOf(account.name, model)
    return {
      account,
      turn: await admission.acquire({ route, ...ask, patienceMs: withinMs }, signal),
    }
  }
  const patienceMs = PATIENCES_MS[patience ?? 'usual']
  const [only] = accounts
  if (only && accounts.length === 1) return enter(only, patienceMs)

  let soonest: { account: Account; waitMs: number } | undefined
  for (const { account } of await rankAccounts(limiter, accounts, model)) {
    try {
      return await enter(account, 0)
    } catch (error) {
      if (!(error instanceof MustWait)) throw error
      if (!soonest || error.waitMs < soonest.waitMs) soonest = { account, waitMs: error.waitMs }
    }
  }
  if (!soonest) throw new Error('there is no account to enter')
  return enter(soonest.account, patienceMs)
}
