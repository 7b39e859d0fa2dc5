import { setTimeout as wait } from 'node:timers/promises'
import type { Provider } from '@capstan/shared/contract/scan'
import { ItemError } from '@capstan/shared/errors'
import type { Answer, Question } from '@capstan/shared/inference/types'
import { blockOf } from '@capstan/shared/limits/block-of'
import type { HedgeBudget } from '@capstan/shared/limits/hedge-budget'
import { limitKeyFor } from '@capstan/shared/limits/limit-key'
import type { Admission, CallSize, Limiter, WaitHint } from '@capstan/shared/limits/types'
import { HeldBack } from '../accounts/held-back.ts'
import type { Account } from './account.ts'
import {
  admitCall,
  callInTurn,
  LEASE_MARGIN_MS,
  type Admitted,
  type CallDeps,
} from './call-in-turn.ts'
import { checkAccount, type Checked } from './check-account.ts'
import { enterAny, type Entered, type Wanted } from './enter-any.ts'
import { fallbacksFor, standIn, untilDown, type Fallback, type StandIn } from './fallback.ts'
import { hedgedCall } from './hedged-call.ts'
import { hedgeInMs } from './hedge-rules.ts'
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
  /** Told when the call goes out; before, nothing was made and nothing is paid. */
  sent: () => void
  /** `none` does not wait for its turn. */
  patience?: 'none' | undefined
  /** The question may become another one as long as it waits for its turn. */
  growth?: Growth | undefined
  /** The call is a check of its account: it is sent even where all calls fail, and nothing is learned from its length. */
  isCheck?: boolean | undefined
  /** Told why the call waits for admission. */
  onWait?: ((hint: WaitHint) => void) | undefined
  /** Told which account the call goes to, before it goes out. */
  onAccount?: ((name: string) => void) | undefined
  /** Asked before a second call is made beside the first: it is paid for as well. Default: it may. */
  mayRepeat?: (() => Promise<boolean>) | undefined
}

/** What a question becomes while it waits. */
export interface Growth {
  /** Of the question as it is now. */
  size(): CallSize
  onWait(hint: WaitHint): void
  /** The turn is there, for so much. False: nobody asks any more, and the turn goes back. */
  close(granted: CallSize): boolean
  /** What is asked, once closed. */
  question(): Question
}

/** The one way to a model: no call without a turn. */
export interface ModelGate {
  /**
   * Makes one call as soon as an account of the provider may. Throws ItemError, MustWait when that is too far
   * off, HeldBack when another call has to be answered first, or the signal's reason.
   */
  ask(asked: Asked, question: Question, options: AskOptions): Promise<Answer>
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

export interface Hedging {
  budget: HedgeBudget
  /** Told of each second call. */
  onHedge: (provider: Provider) => void
}

export interface GateDeps extends CallDeps {
  accounts: Account[]
  admission: Admission
  limiter: Pick<Limiter, 'snapshot'>
  fallback?: Fallback | undefined
  /** Asks again when a call takes long; never without. */
  hedging?: Hedging | undefined
  /** Fallback models that other live workers announce for a route. */
  fallbacksElsewhere?: ((asked: Asked) => Promise<FallbackElsewhere[]>) | undefined
  /** Told how long a call waited for its turn. */
  onTurn?: (asked: Asked, waitedMs: number) => void
}

const HELD_BACK_MS = 5_000
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
      return (best && blockOf(best.snapshot)?.forMs) ?? 0
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
  { asked, question: first }: { asked: Asked; question: Question },
  { signal, sent, patience, growth, mayRepeat, isCheck, onWait, onAccount }: AskOptions,
): Promise<Answer> {
  if (accounts.length === 0) throw notServed(asked)
  const startedAt = performance.now()
  const wanted = { ...request(deps, asked, first), patience, onWait, ...growing(growth) }
  const usable = deps.health.usable(accounts, asked.model)
  const entered = await enterInTime(deps, usable, wanted, signal)
  deps.onTurn?.(asked, performance.now() - startedAt)
  const question = growth?.question() ?? first
  const call = { entered, model: asked.model, question, isCheck, begunAt: startedAt }
  const admitted = await admitCall(deps, call, signal).catch((error: unknown) =>
    restIfHeldBack(error, signal),
  )
  onAccount?.(admitted.account.name)
  sent()
  return callOrTwo(deps, { admitted, asked, sent, mayRepeat }, signal)
}

/**
 * A call that is held back has given its permit back. It rests in its slot, so that the jobs of its route do not all come and
 * go, and then in its queue, so that its scan is looked at again. Throws.
 */
async function restIfHeldBack(error: unknown, signal: AbortSignal): Promise<never> {
  if (error instanceof HeldBack)
    await wait(HELD_BACK_MS, undefined, { signal }).catch(() => undefined)
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
    const onWait = (hint: WaitHint): void => {
      wanted.onWait?.(hint)
      patience.onWait(hint)
    }
    return await enterAny(deps, accounts, { ...wanted, onWait }, patience.signal)
  } finally {
    patience.end()
  }
}

function request({ callTimeoutMs }: GateDeps, { model }: Asked, question: Question) {
  return {
    model,
    characters: question.system.length + question.user.length,
    maxOutputTokens: question.maxOutputTokens,
    types: question.types,
    ttlMs: callTimeoutMs + LEASE_MARGIN_MS,
  }
}

function growing(growth: Growth | undefined): Pick<Wanted, 'grown' | 'accept' | 'onWait'> {
  return growth ? { grown: growth.size, accept: growth.close, onWait: growth.onWait } : {}
}

interface Call extends Pick<AskOptions, 'sent' | 'mayRepeat'> {
  admitted: Admitted
  asked: Asked
}

/**
 * One call, and a second one beside it when the first takes unusually long. The second needs a turn of its own, now, and
 * money of its own. What is usual for a call about several types is not known.
 */
async function callOrTwo(
  deps: GateDeps,
  { admitted, asked, sent, mayRepeat }: Call,
  signal: AbortSignal,
): Promise<Answer> {
  const { hedging } = deps
  const { account, question } = admitted
  if (!hedging || question.types > 1) return callInTurn(deps, admitted, signal)
  const accounts = deps.accounts.filter(({ provider }) => provider === account.provider)
  const limitKey = limitKeyFor(account.name, asked.model)
  await hedging.budget.earn().catch(() => undefined)
  return hedgedCall(
    {
      first: (until) => callInTurn(deps, admitted, until),
      enterSecond: async (until) => {
        const wanted = { ...request(deps, asked, question), patience: 'none' as const }
        const entered = await enterAny(deps, accounts, wanted, until)
        if ((await mayRepeat?.()) === false) return refuse(entered)
        // The first may have answered meanwhile: then no second one is made or paid for.
        const begunAt = performance.now()
        const call = { entered, model: asked.model, question, begunAt }
        const second = await admitCall(deps, call, until)
        return (still) => {
          sent()
          hedging.onHedge(account.provider)
          return callInTurn(deps, second, still)
        }
      },
      inMs: (elapsedMs) => hedgeInMs(deps.limiter, hedging.budget, limitKey, elapsedMs),
    },
    signal,
  )
}

/** Nothing of the turn is used. Not heard, it expires by itself. */
async function refuse({ turn }: Entered): Promise<undefined> {
  await turn.fail('unsent').catch(() => undefined)
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
