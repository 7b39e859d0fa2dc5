import { DialectRefusal } from '@capstan/shared/inference/dialect-refusal'
import { isSameDialect } from '@capstan/shared/inference/full-dialect'
import type { HealthWatch } from '../accounts/watch-health.ts'
import { MAX_WAIT_MS } from '../accounts/time-limits.ts'
import { addSpent, ModelCallError, getCause, getSpent } from './model-call-error.ts'
import { chooseTargets, type ChooseTargets } from './dialects/choose-targets.ts'
import { MOST_REFUSALS, negotiateCall } from './dialects/negotiate-call.ts'
import type { Dialects } from './dialects/open-dialects.ts'
import type {
  AnsweredCall,
  AttemptCall,
  AttemptedCall,
  AttemptOptions,
  RefusedCall,
} from './dialects/refused-call.ts'
import { addLedgers, NOTHING_SPENT, type Ledger } from './ledger.ts'
import type { CallRequest, CallResult, ModelCall, Stage } from './model-call.ts'
import type { CallTarget } from '../accounts/account.ts'

interface DialectDeps {
  dialects: Dialects
  /** Returns the error to throw when an endpoint accepts no dialect. */
  health: Pick<HealthWatch, 'recordFailure'>
}

/**
 * Sends each call in the dialect that its endpoint is known to accept. Where none is known, one call negotiates and the others
 * wait for it. A dialect that is refused later is negotiated again. Throws the first refusal when no dialect is accepted.
 */
export function withDialect({ dialects, health }: DialectDeps): Stage {
  return (next) => async (request) => {
    const { route, targets = [], signal, maxWaitMs, isCheck, isRetry } = request
    const attempts = openAttempts(next, request)
    const choose = {
      accounts: targets.map(({ account }) => account),
      model: route.model,
      signal,
      maxWaitMs: Math.min(maxWaitMs, MAX_WAIT_MS),
      isForced: isCheck,
      isRetry,
    }
    const call = await callUntilAccepted(dialects, choose, attempts.make).catch(
      (error: unknown) => {
        throw attempts.addSpent(error)
      },
    )
    if (call.outcome === 'answered') return finish(dialects, route.model, attempts.addTo(call))
    const { account } = call.target
    throw attempts.addSpent(await health.recordFailure(account, route.model, call.original))
  }
}

/** The calls of one request, including the refused ones. */
function openAttempts(next: ModelCall, request: CallRequest) {
  let spent = NOTHING_SPENT
  const make: AttemptCall = async (targets, options) => {
    try {
      const result = await next(requestFor(request, targets, options))
      const target = findTarget(result.spent, 'answered', targets)
      return { outcome: 'answered', result, target }
    } catch (error) {
      const refusal = getCause(error)
      if (!(refusal instanceof DialectRefusal)) throw error
      const target = findTarget(getSpent(error), 'dialect_refused', targets)
      spent = addLedgers(spent, getSpent(error))
      return { outcome: 'refused', refusal, original: refusal.original, target }
    }
  }
  return {
    make,
    addTo: (call: AnsweredCall): AnsweredCall => {
      const { result } = call
      return { ...call, result: { ...result, spent: addLedgers(spent, result.spent) } }
    },
    addSpent: (error: unknown): unknown =>
      spent.calls.length > 0 || error instanceof ModelCallError ? addSpent(error, spent) : error,
  }
}

function requestFor(
  request: CallRequest,
  targets: CallTarget[],
  { isAgain, mustStartNow, onSent }: AttemptOptions,
): CallRequest {
  const { progress } = request
  return {
    ...request,
    targets,
    kind: isAgain ? 'again' : request.kind,
    maxWaitMs: mustStartNow ? 0 : request.maxWaitMs,
    progress: onSent
      ? {
          ...progress,
          sent: (sent, options) => {
            progress.sent(sent, options)
            onSent()
          },
        }
      : progress,
  }
}

function findTarget({ calls }: Ledger, outcome: string, targets: CallTarget[]): CallTarget {
  const call = calls.findLast((one) => one.outcome === outcome)
  const target = call?.target ?? targets[0]
  if (!target) throw new Error('a call needs a target')
  return target
}

async function callUntilAccepted(
  dialects: Dialects,
  choose: Omit<ChooseTargets, 'refused'>,
  make: AttemptCall,
): Promise<AttemptedCall> {
  const first = await callOnce(dialects, choose, make)
  if (!first) throw new Error('no account may be called')
  let call: AttemptedCall | undefined = first
  for (let refusals = 1; call?.outcome === 'refused'; refusals += 1) {
    const isHopeless: boolean = call.isFinal || !mayChange(call) || refusals > MOST_REFUSALS
    call = isHopeless ? undefined : await callOnce(dialects, choose, make, call)
  }
  return call ?? first
}

/** Undefined: all remaining dialects were refused. */
async function callOnce(
  dialects: Dialects,
  choose: Omit<ChooseTargets, 'refused'>,
  make: AttemptCall,
  refused?: RefusedCall,
): Promise<AttemptedCall | undefined> {
  const found = await chooseTargets(dialects, { ...choose, refused: refused?.target })
  const { unknown } = found
  // After a failed negotiation the refused dialect is still the one to use.
  const ready = found.ready.filter((target) => !refused || isOther(target, refused.target))
  const options = { isAgain: refused !== undefined, mustStartNow: choose.maxWaitMs === 0 }
  if (unknown) return negotiateCall({ ready, unknown, refused }, options, make)
  return ready.length > 0 ? make(ready, options) : undefined
}

/** An endpoint that has answered before names what it refuses: any other refusal is about the question. */
function mayChange({ refusal, target }: RefusedCall): boolean {
  return refusal.isClear || !target.isProven
}

function isOther({ account, dialect }: CallTarget, refused: CallTarget): boolean {
  const isSame = dialect && refused.dialect && isSameDialect(dialect, refused.dialect)
  return account !== refused.account || !isSame
}

function finish(dialects: Dialects, model: string, { result, target }: AnsweredCall): CallResult {
  const { account, dialect } = target
  if (dialect) dialects.confirm(account, model, dialect)
  return { ...result, answer: { ...result.answer, dialect } }
}
