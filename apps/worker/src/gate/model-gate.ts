import { sleep } from '@capstan/shared/async/sleep'
import type { Provider } from '@capstan/shared/contract/provider'
import { ItemError } from '@capstan/shared/errors'
import type { ModelAnswer, Question } from '@capstan/shared/inference/types'
import { findBlock } from '@capstan/limits/limiter/find-block'
import type { Admission, CallSize, Limiter, AdmissionWait } from '@capstan/limits/types'
import { HeldBack } from '../accounts/held-back.ts'
import { findTarget, withOneForm, type Target } from '../call/choose-targets.ts'
import { toMade, type Made, type MakeOptions, type SentKind } from '../call/make-call.ts'
import type { Dialects } from '../call/open-dialects.ts'
import { withDialect } from '../call/with-dialect.ts'
import type { Account } from './account.ts'
import { admitCall, type CallDeps } from './call-in-turn.ts'
import { checkAccount, type Checked } from './check-account.ts'
import { enterAny, type Entered, type Wanted } from './enter-any.ts'
import { fallbacksFor, standIn, untilDown, type Fallback, type StandIn } from './fallback.ts'
import { callOrTwo, type Hedging } from './call-or-two.ts'
import { permitRequest } from './permit-request.ts'
import { planPause, type FallbackElsewhere } from './plan-pause.ts'
import type { RoutePauseRequest } from '../consume/disposition.ts'
import { rankAccounts } from './rank-accounts.ts'
import { openUnfit } from './unfit.ts'

/** Who is asked. */
export interface Asked {
  provider: Provider
  model: string
}

export interface AskOptions {
  signal: AbortSignal
  /** Called when a call goes out; before, nothing was made and nothing is paid. */
  sent: (kind: SentKind) => void
  /** `none` does not wait for its turn. */
  patience?: 'none' | undefined
  /** The question may become another one as long as it waits for its turn. */
  growth?: Growth | undefined
  /** The call is a check of its account: it is sent even where all calls fail, and nothing is learned from its length. */
  isCheck?: boolean | undefined
  /** Called with the reason while the call waits for admission. */
  onWait?: ((hint: AdmissionWait) => void) | undefined
  /** Called with the account of the call before it is sent. */
  onAccount?: ((name: string) => void) | undefined
  /** Asked before a second call is made beside the first: it is paid for as well. Default: it may. */
  mayRepeat?: (() => Promise<boolean>) | undefined
}

/** What a question becomes while it waits. */
export interface Growth {
  /** Of the question as it is now. */
  size(): CallSize
  onWait(hint: AdmissionWait): void
  /** The turn is there, for so much. False: nobody asks any more, and the turn goes back. */
  close(granted: CallSize): boolean
  /** What is asked, once closed. */
  question(): Question
}

/** The one way to a model: no call without a turn. */
export interface ModelGate {
  /**
   * Makes one call as soon as an account of the provider may. Throws ItemError, MaxWaitError when that is too far
   * off, HeldBack when another call has to be answered first, or the signal's reason.
   */
  ask(asked: Asked, question: Question, options: AskOptions): Promise<ModelAnswer>
  /** Who answers in place of a provider that stays down; undefined as long as it has to be asked itself. */
  standIn(asked: Asked): Promise<StandIn | undefined>
  /** A stand-in refuses our key or has no quota left: it is not named for a while. */
  leaveOut(other: StandIn, why: ItemError): void
  /** Makes the stated limits of the accounts of a route known to everybody before its first call. */
  stateLimits(asked: Asked): Promise<void>
  /** Milliseconds until any account may be called again; 0 when one may now. */
  blockedMs(asked: Asked): Promise<number>
  /** Who has to wait when no call of a route may be made for `waitMs`, and until when: see plan-pause.ts. */
  planPause(asked: Asked, waitMs: number): Promise<RoutePauseRequest>
  /**
   * Tries key and model with one call as a scan makes it, at the named account or at whichever has room. Throws ItemError,
   * or the signal's reason.
   */
  check(asked: Asked & { account?: string | undefined }, signal: AbortSignal): Promise<Checked>
}

export interface GateDeps extends CallDeps {
  accounts: Account[]
  admission: Admission
  limiter: Pick<Limiter, 'snapshot'>
  fallback?: Fallback | undefined
  /** How the endpoints have to be asked; without, in the full dialect only. */
  dialects?: Dialects | undefined
  /** Asks again when a call takes long; never without. */
  hedging?: Hedging | undefined
  /** Fallback models that other live workers announce for a route. */
  fallbacksElsewhere?: ((asked: Asked) => Promise<FallbackElsewhere[]>) | undefined
  /** Told how long a call waited for its turn. */
  onTurn?: (asked: Asked, waitedMs: number) => void
}

const HELD_BACK_MS = 2_000
/** How long before a scan's provider may have a worker; another worker may have it now. */
const LOOK_AGAIN_MS = 5_000

export function openModelGate(deps: GateDeps): ModelGate {
  const serving = ({ provider }: Asked): Account[] =>
    deps.accounts.filter((account) => account.provider === provider)
  const unfit = openUnfit(deps.log)
  return {
    ask: (asked, question, options) => ask(deps, serving(asked), { asked, question }, options),
    standIn: (asked) =>
      standIn(unfit.without(deps.fallback), asked, (of) =>
        rankAccounts(deps.limiter, serving(of), of.model),
      ),
    leaveOut: (other, why) => unfit.add(other, why),
    stateLimits: async (asked) => {
      // The limiter states what the operator allows before its first look.
      await rankAccounts(deps.limiter, serving(asked), asked.model)
    },
    blockedMs: async (asked) => {
      const [best] = await rankAccounts(deps.limiter, serving(asked), asked.model)
      return (best && findBlock(best.snapshot)?.forMs) ?? 0
    },
    planPause: async (asked, waitMs) => {
      const rank = (of: Asked) => rankAccounts(deps.limiter, serving(of), of.model)
      const others = fallbacksFor(unfit.without(deps.fallback), asked)
      const [own, fallbacks, elsewhere = []] = await Promise.all([
        rank(asked),
        Promise.all(others.map(rank)),
        deps.fallbacksElsewhere?.(asked),
      ])
      return planPause({ own, fallbacks, elsewhere }, asked, waitMs)
    },
    check: async (asked, signal) => {
      const named = ({ name }: Account): boolean => !asked.account || name === asked.account
      const accounts = serving(asked).filter(named)
      if (accounts.length === 0) throw notServed(asked)
      return checkAccount(
        (question, options) => ask(deps, accounts, { asked, question }, options),
        signal,
      )
    },
  }
}

async function ask(
  deps: GateDeps,
  accounts: Account[],
  { asked, question }: { asked: Asked; question: Question },
  options: AskOptions,
): Promise<ModelAnswer> {
  if (accounts.length === 0) throw notServed(asked)
  const { signal } = options
  try {
    const made = await inDialect(deps, { accounts, asked, question }, options)
    if (made.outcome === 'answered') return made.answer
    throw await deps.health.failed(made.target.account, asked.model, made.original)
  } catch (error) {
    return await restIfHeldBack(error, signal)
  }
}

interface Asking {
  accounts: Account[]
  asked: Asked
  question: Question
}

async function inDialect(
  deps: GateDeps,
  { accounts, asked, question }: Asking,
  options: AskOptions,
): Promise<Made> {
  const { dialects } = deps
  const { signal, patience, isCheck: isForced } = options
  const mayWait = patience !== 'none'
  const make = (targets: Target[], how: MakeOptions): Promise<Made> =>
    makeCall(deps, { asked, question, targets }, { ...options, ...how })
  if (!dialects) return make(withOneForm(accounts), { isAgain: false, mustStartNow: !mayWait })
  return withDialect(dialects, { accounts, model: asked.model, signal, mayWait, isForced }, make)
}

interface CallToMake {
  asked: Asked
  question: Question
  targets: Target[]
}

/** One call, and a second one beside it when that is due. */
async function makeCall(
  deps: GateDeps,
  { asked, question: first, targets }: CallToMake,
  options: AskOptions & MakeOptions,
): Promise<Made> {
  const { signal, sent, growth, mayRepeat, isAgain, isCheck } = options
  const begunAt = performance.now()
  const accounts = targets.map(({ account }) => account)
  const wanted = wantedFor(deps, { asked, question: first, targets }, options)
  const usable = deps.health.usable(accounts, asked.model)
  const entered = await enterInTime(deps, usable, wanted, signal)
  deps.onTurn?.(asked, performance.now() - begunAt)
  const target = findTarget(targets, entered.account)
  const question = growth?.question() ?? first
  const call = { entered, model: asked.model, question, isCheck, begunAt }
  const admitted = { ...(await admitCall(deps, call, signal)), dialect: target.dialect }
  options.onAccount?.(admitted.account.name)
  sent(isAgain ? 'again' : 'first')
  options.onSent?.()
  return toMade(
    target,
    callOrTwo(deps, { admitted, model: asked.model, sent, mayRepeat, targets }, signal),
  )
}

/** What was sent once grows no more. */
function wantedFor(
  deps: GateDeps,
  { asked, question: first }: CallToMake,
  { growth, isAgain, mustStartNow, onWait }: AskOptions & MakeOptions,
): Wanted {
  const question = (isAgain && growth?.question()) || first
  const patience = mustStartNow ? 'none' : undefined
  const grows = isAgain ? {} : growing(growth)
  return { ...permitRequest(deps, asked.model, question), patience, onWait, ...grows }
}

/**
 * A call that is held back has given its permit back. It rests in its slot, so that the jobs of its route do not all come and
 * go, and then in its queue, so that its scan is looked at again. Throws.
 */
async function restIfHeldBack(error: unknown, signal: AbortSignal): Promise<never> {
  if (error instanceof HeldBack) await sleep(HELD_BACK_MS, { signal })
  signal.throwIfAborted()
  throw error
}

/** Whoever can be stood in for does not sit through an outage. */
async function enterInTime(
  deps: GateDeps,
  accounts: Account[],
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Entered> {
  if (!deps.fallback || wanted.patience) return enterAny(deps, accounts, wanted, signal)
  const patience = untilDown(deps.fallback.afterMs, signal)
  try {
    const onWait = (hint: AdmissionWait): void => {
      wanted.onWait?.(hint)
      patience.onWait(hint)
    }
    return await enterAny(deps, accounts, { ...wanted, onWait }, patience.signal)
  } finally {
    patience.end()
  }
}

function growing(growth: Growth | undefined): Pick<Wanted, 'resize' | 'onWait'> {
  return growth
    ? { resize: { estimate: growth.size, seal: growth.close }, onWait: growth.onWait }
    : {}
}

function notServed({ provider }: Asked): ItemError {
  return new ItemError(
    'provider_not_configured',
    'wait',
    `This worker has no key for ${provider}`,
    {
      hint: `Start a worker with a key for ${provider}, or scan with another provider.`,
      retryAfterMs: LOOK_AGAIN_MS,
    },
  )
}
