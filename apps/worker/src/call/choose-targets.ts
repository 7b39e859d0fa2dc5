import type { Dialect } from '@capstan/shared/inference/dialect'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import { withAbort } from '@capstan/shared/async/with-abort'
import type { Account } from '../gate/account.ts'
import { LONGEST_WAIT_MS } from '../time-limits.ts'
import type { Negotiation } from './negotiation.ts'
import type { Dialects } from './open-dialects.ts'

/** An account that may be asked, and how. */
export interface Target {
  account: Account
  /** Undefined: its model has one form only. */
  dialect: Dialect | undefined
  /** A call was answered in the dialect. */
  isProven: boolean
}

/** Targets whose models have one form only, or are asked in their full dialect. */
export function withOneForm(accounts: Account[]): Target[] {
  return accounts.map((account) => ({ account, dialect: undefined, isProven: true }))
}

/** The target that a call has entered. */
export function findTarget(targets: Target[], account: Account): Target {
  const found = targets.find((target) => target.account === account)
  return found ?? { account, dialect: undefined, isProven: false }
}

export interface Targets {
  ready: Target[]
  /** The call may find out the dialect of this account: before all others. */
  unknown?: { account: Account; negotiation: Negotiation } | undefined
}

export interface ChooseTargets {
  accounts: Account[]
  model: string
  signal: AbortSignal
  /** False: the call is not made when it cannot be made now. */
  mayWait: boolean
  /** A negotiation that failed lately is repeated. */
  isForced?: boolean | undefined
  /** What was just refused. */
  refused?: Pick<Target, 'account' | 'dialect'> | undefined
}

/** How long until a call that has waited long enough looks again. */
const LOOK_AGAIN_MS = 5_000

/**
 * Chooses the accounts that a call may go to. Waits while other calls find out the dialects of all of them. Throws MaxWaitError when
 * that takes too long, or the signal's reason.
 */
export async function chooseTargets(dialects: Dialects, choose: ChooseTargets): Promise<Targets> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new MaxWaitError(LOOK_AGAIN_MS, 'concurrency')),
    LONGEST_WAIT_MS,
  )
  late.promise.catch(() => undefined)
  try {
    for (;;) {
      choose.signal.throwIfAborted()
      const { ended, ...targets } = await lookOnce(dialects, choose)
      if (targets.ready.length > 0 || targets.unknown) return targets
      if (!choose.mayWait) throw new MaxWaitError(LOOK_AGAIN_MS, 'concurrency')
      await withAbort(Promise.race([...ended, late.promise]), choose.signal)
    }
  } finally {
    clearTimeout(timer)
  }
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
    // One call finds out one dialect; another call takes this one.
    else if (found.unknown) choice.negotiation.giveUp()
    else found.unknown = { account, negotiation: choice.negotiation }
  }
  return found
}
