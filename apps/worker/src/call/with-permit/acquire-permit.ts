import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import type { Admission, Limiter, Permit, AdmissionRequest } from '@capstan/limits/types'
import type { Account } from '../../accounts/account.ts'
import { rankSnapshots, readSnapshots, type PendingCalls } from '../../accounts/rank-accounts.ts'

/** A request for a permit at any of several accounts. */
export interface PermitWait extends Omit<AdmissionRequest, 'limitKey'> {
  model: string
  maxWaitMs: number
}

export interface AccountPermit {
  account: Account
  permit: Permit
}

type Acquire = (account: Account, maxWaitMs: number, signal: AbortSignal) => Promise<AccountPermit>

const pendingCalls: PendingCalls = new WeakMap()

function countPending(account: Account, change: 1 | -1): void {
  pendingCalls.set(account, (pendingCalls.get(account) ?? 0) + change)
}

/**
 * Acquires a permit at the account with the most headroom for its weight, or at the account that grants one first. The account
 * is chosen when the call can start. Throws MaxWaitError when the wait at all accounts is longer than `maxWaitMs`.
 */
export async function acquirePermit(
  { admission, limiter }: { admission: Admission; limiter: Pick<Limiter, 'snapshot'> },
  accounts: Account[],
  { model, maxWaitMs: longestMs, ...wait }: PermitWait,
  signal: AbortSignal,
): Promise<AccountPermit> {
  const acquire: Acquire = async (account, maxWaitMs, until) => {
    const limitKey = { account: account.name, model }
    // With a permit available now, a multi-type prompt need not wait and grow.
    const { resize } = wait
    const fixed = resize && { ...resize, estimate: () => wait }
    const request = { limitKey, ...wait, maxWaitMs, resize: maxWaitMs > 0 ? resize : fixed }
    return { account, permit: await admission.acquire(request, until) }
  }
  const [only] = accounts
  if (only && accounts.length === 1) return acquire(only, longestMs, signal)

  const snapshots = await readSnapshots(limiter, accounts, model)
  for (const { account } of rankSnapshots(snapshots, pendingCalls)) {
    countPending(account, 1)
    try {
      return await acquire(account, 0, signal)
    } catch (error) {
      if (!(error instanceof MaxWaitError)) throw error
    } finally {
      countPending(account, -1)
    }
  }
  return acquireFirst(acquire, accounts, longestMs, signal)
}

/** Waits in the queues of all accounts, because a queue does not notice that another account has room. */
async function acquireFirst(
  acquire: Acquire,
  accounts: Account[],
  maxWaitMs: number,
  signal: AbortSignal,
): Promise<AccountPermit> {
  const chosen = new AbortController()
  const until = AbortSignal.any([signal, chosen.signal])
  const waits = accounts.map((account) => acquire(account, maxWaitMs, until))
  try {
    const first = await Promise.any(waits)
    for (const other of waits) void releaseUnlessFirst(other, first)
    return first
  } catch (error) {
    throw error instanceof AggregateError ? chooseError(error.errors) : error
  } finally {
    chosen.abort('another account admitted the call first')
  }
}

/** Releases a second permit that was granted just after the first. If Redis is unreachable, its lease expires on its own. */
async function releaseUnlessFirst(
  wait: Promise<AccountPermit>,
  first: AccountPermit,
): Promise<void> {
  const other = await wait.catch(() => undefined)
  if (other && other !== first) await other.permit.fail('unsent').catch(() => undefined)
}

/** Chooses the error when no account admitted the call: a fault if there was one, otherwise the shortest wait. */
function chooseError(errors: unknown[]): unknown {
  const waits = errors.filter((error) => error instanceof MaxWaitError)
  const fault = errors.find((error) => !(error instanceof MaxWaitError))
  return fault ?? waits.toSorted((a, b) => a.waitMs - b.waitMs)[0]
}
