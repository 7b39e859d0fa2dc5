import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import { ItemError } from '@capstan/shared/errors'
import type { Account } from '../../accounts/account.ts'
import type { CallRequest, Stage } from '../model-call.ts'
import { chooseRetryAccounts, type RetryAccountsDeps } from './choose-retry-accounts.ts'

export interface AccountsDeps extends RetryAccountsDeps {
  accounts: readonly Account[]
}

/** Another worker may have the account, or get it by then. */
const RETRY_AFTER_MS = 5_000

/**
 * Names the accounts that a call may use, in their only or full dialect. A retry uses the accounts that are most likely to answer, and the
 * others when these admit no call for too long. Throws ItemError when this worker has none.
 */
export function withAccounts(deps: AccountsDeps): Stage {
  return (next) => async (request) => {
    const own = deps.accounts.filter((account) => serves(account, request))
    if (own.length === 0) throw createNotServedError(request)
    if (own.length === 1 || request.isCheck) return next(nameAccounts(request, own))
    // A call to an account that rejects all calls is a trial, and must not delay a call that others may answer.
    const usable = deps.health.selectUsable(own, request.route.model)
    if (!isRetry(request)) return next(nameAccounts(request, usable))
    const retry = { ...request, isRetry: true }
    const chosen = await chooseRetryAccounts(deps, usable, {
      model: request.route.model,
      failedAccount: request.item?.claim.failedAccount,
    })
    try {
      return await next(nameAccounts(retry, chosen))
    } catch (error) {
      if (!(error instanceof MaxWaitError) || chosen.length === own.length) throw error
      return next(nameAccounts(retry, own))
    }
  }
}

/** An attempt that the provider delayed is not counted, and may still have failed at an account. */
function isRetry({ item }: CallRequest): boolean {
  return item !== undefined && (item.claim.attempt > 1 || item.claim.failedAccount !== undefined)
}

function nameAccounts(request: CallRequest, accounts: Account[]): CallRequest {
  const targets = accounts.map((account) => ({ account, dialect: undefined, isProven: true }))
  return { ...request, targets }
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
