import { ItemError } from '@capstan/shared/errors'
import type { Account } from '../accounts/account.ts'
import type { CallRequest, Stage } from './model-call.ts'

/** Another worker may have the account, or get it by then. */
const RETRY_AFTER_MS = 5_000

/** Names the accounts that a call may use, in their only or full dialect. Throws ItemError when this worker has none. */
export function withAccounts(accounts: readonly Account[]): Stage {
  return (next) => async (request) => {
    const targets = accounts
      .filter((account) => serves(account, request))
      .map((account) => ({ account, dialect: undefined, isProven: true }))
    if (targets.length === 0) throw createNotServedError(request)
    return next({ ...request, targets })
  }
}

function serves({ name, provider }: Account, { route, account }: CallRequest): boolean {
  return provider === route.provider && (!account || name === account)
}

function createNotServedError({ route: { provider } }: CallRequest): ItemError {
  return new ItemError(
    'provider_not_configured',
    'wait',
    `This worker has no key for ${provider}`,
    {
      hint: `Start a worker with a key for ${provider}, or scan with another provider.`,
      retryAfterMs: RETRY_AFTER_MS,
    },
  )
}
