import type { Provider } from '@capstan/shared/contract/provider'
import type { ModelAnswer } from '@capstan/shared/inference/types'
import type { HedgeBudget } from '@capstan/limits/budgets/hedge-budget'
import type { Admission, Limiter } from '@capstan/limits/types'
import { findTarget, type Target } from '../call/choose-targets.ts'
import type { SentKind } from '../call/make-call.ts'
import { admitCall, callInTurn, type Admitted, type CallDeps } from './call-in-turn.ts'
import { enterAny, type Entered } from './enter-any.ts'
import { hedgedCall } from './hedged-call.ts'
import { hedgeInMs } from './hedge-rules.ts'
import { permitRequest } from './permit-request.ts'

export interface Hedging {
  budget: HedgeBudget
  /** Called for each second call. */
  onHedge: (provider: Provider) => void
}

interface HedgedDeps extends CallDeps {
  admission: Admission
  limiter: Pick<Limiter, 'snapshot'>
  hedging?: Hedging | undefined
}

interface Call {
  sent: (kind: SentKind) => void
  mayRepeat?: (() => Promise<boolean>) | undefined
  admitted: Admitted
  model: string
  /** Whom a second call may go to. */
  targets: Target[]
}

/**
 * One call, and a second one beside it when the first takes unusually long. The second needs a turn of its own, now, and
 * money of its own. What is usual for a call about several types is not known, and no second call is made to an endpoint
 * that has not answered yet.
 */
export async function callOrTwo(
  deps: HedgedDeps,
  { admitted, model, sent, mayRepeat, targets }: Call,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const { hedging } = deps
  const { account, question } = admitted
  const isProven = findTarget(targets, account).isProven
  if (!hedging || !isProven || question.types > 1) return callInTurn(deps, admitted, signal)
  const accounts = targets.map((target) => target.account)
  const limitKey = { account: account.name, model }
  await hedging.budget.earn().catch(() => undefined)
  return hedgedCall(
    {
      first: (until) => callInTurn(deps, admitted, until),
      enterSecond: async (until) => {
        const wanted = { ...permitRequest(deps, model, question), patience: 'none' as const }
        const entered = await enterAny(deps, accounts, wanted, until)
        if ((await mayRepeat?.()) === false) return refuse(entered)
        // The first may have answered meanwhile: then no second one is made or paid for.
        const begunAt = performance.now()
        const call = { entered, model, question, begunAt }
        const { dialect } = findTarget(targets, entered.account)
        const second = { ...(await admitCall(deps, call, until)), dialect }
        return (still) => {
          sent('hedged')
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
