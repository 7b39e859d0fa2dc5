import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import { withAbort } from '@capstan/shared/async/with-abort'
import type { Account, CallTarget } from '../../accounts/account.ts'
import type { Negotiation } from './negotiation.ts'
import type { Dialects } from './open-dialects.ts'

export interface Targets {
  ready: CallTarget[]
  /** The call may negotiate the dialect of this account, before all others. */
  unknown?: { account: Account; negotiation: Negotiation } | undefined
}

export interface ChooseTargets {
  accounts: Account[]
  model: string
  signal: AbortSignal
  /** Longest wait for the negotiation of another call; 0: do not wait. */
  maxWaitMs: number
  /** Repeats a negotiation that failed recently. */
  isForced?: boolean | undefined
  /** Negotiates only if no account is ready: the account of a negotiation may be misconfigured. */
  isRetry?: boolean | undefined
  /** The target whose dialect was just refused. */
  refused?: Pick<CallTarget, 'account' | 'dialect'> | undefined
}

/** Retry delay of a call that has waited for its maximum. */
const LOOK_AGAIN_MS = 5_000

/**
 * Chooses the accounts that a call may go to. Waits while other calls find out the dialects of all of them. Throws MaxWaitError when
 * that takes too long, or the signal's reason.
 */
export async function chooseTargets(dialects: Dialects, choose: ChooseTargets): Promise<Targets> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new MaxWaitError(LOOK_AGAIN_MS, 'concurrency')),
    choose.maxWaitMs,
  )
  late.promise.catch(() => undefined)
  try {
    for (;;) {
      choose.signal.throwIfAborted()
      const { ended, ...targets } = await lookOnce(dialects, choose)
      if (targets.ready.length > 0 || targets.unknown) return dropUnknown(targets, choose)
      if (choose.maxWaitMs === 0) throw new MaxWaitError(LOOK_AGAIN_MS, 'concurrency')
      await withAbort(Promise.race([...ended, late.promise]), choose.signal)
    }
  } finally {
    clearTimeout(timer)
  }
}

/** A retry leaves the negotiation to another call while an account is ready. A refused dialect is negotiated at once. */
function dropUnknown(
  { ready, unknown }: Targets,
  { isRetry, refused }: Pick<ChooseTargets, 'isRetry' | 'refused'>,
): Targets {
  if (!unknown || !isRetry || refused || ready.length === 0) return { ready, unknown }
  unknown.negotiation.giveUp()
  return { ready }
}

async function lookOnce(
  dialects: Dialects,
  { accounts, model, isForced, refused }: ChooseTargets,
): Promise<Targets & { ended: Promise<void>[] }> {
  const found: Targets & { ended: Promise<void>[] } = { ready: [], ended: [] }
  for (const account of accounts) {
    if (!account.model(model).dialects) {
      found.ready.push({ account, dialect: undefined, isProven: true })
      continue
    }
    const options = {
      isForced,
      refused: refused?.account === account ? refused.dialect : undefined,
    }
    const choice = await dialects.choose(account, model, options)
    if (choice.outcome === 'ready') {
      found.ready.push({ account, dialect: choice.dialect, isProven: choice.isProven })
    } else if (choice.outcome === 'busy') found.ended.push(choice.ended)
    // A call negotiates one dialect only; another call may negotiate this one.
    else if (found.unknown) choice.negotiation.giveUp()
    else found.unknown = { account, negotiation: choice.negotiation }
  }
  return found
}
