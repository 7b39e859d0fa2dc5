import { setTimeout as sleep } from 'node:timers/promises'
import { totalTokens } from '@capstan/shared/inference/add-usage'
import type { HedgeBudget } from '@capstan/limits/budgets/hedge-budget'
import type { Limiter } from '@capstan/limits/types'
import { ModelCallError, getCause, getSpent } from '../model-call-error.ts'
import { computeHedgeDelay } from './hedge-delay.ts'
import { addLedgers, createLedger, NOTHING_SPENT, type Ledger } from '../ledger.ts'
import type { CallProgress, CallRequest, CallResult, ModelCall, Stage } from '../model-call.ts'

interface HedgingDeps {
  limiter: Pick<Limiter, 'snapshot'>
  budget: HedgeBudget
}

/**
 * Sends a second call beside one that takes unusually long; the first answer counts, and both calls are paid. The second call
 * starts now or not at all. A multi-type prompt is never hedged, nor is a call to an endpoint that has not answered yet.
 */
export function withHedging(deps: HedgingDeps): Stage {
  return (next) => async (request) => {
    const ending = new AbortController()
    const signal = AbortSignal.any([request.signal, ending.signal])
    const race = openRace(next)
    const first = race.run({ ...request, signal })
    const second = startHedgedCall(deps, first, () =>
      race.run({ ...request, signal, maxWaitMs: 0, kind: 'hedged' }),
    )
    try {
      const result = await Promise.race([
        first.result.catch(async (error: unknown) => {
          const other = await second
          if (other) return other
          throw error
        }),
        second.then((found) => found ?? first.result),
      ])
      return { ...result, spent: race.spent(result) }
    } catch (error) {
      const spent = race.spent()
      throw spent.calls.length > 0 ? new ModelCallError(getCause(error), spent) : error
    } finally {
      ending.abort('the other call has answered')
    }
  }
}

interface RunningCall {
  /** The request as it was sent; undefined until then. */
  sent: Promise<CallRequest>
  /** Fires when the call has ended. */
  ended: AbortSignal
  result: Promise<CallResult>
}

/** Runs calls in parallel and sums their cost. */
function openRace(next: ModelCall) {
  let spent: Ledger = NOTHING_SPENT
  const inFlight = new Set<CallRequest>()
  const run = (request: CallRequest): RunningCall => {
    const sent = Promise.withResolvers<CallRequest>()
    const ended = new AbortController()
    let left: CallRequest | undefined
    const progress = notifyWhenSent(request.progress, (leaving) => {
      left = leaving
      inFlight.add(leaving)
      sent.resolve(leaving)
    })
    const call = async (): Promise<CallResult> => {
      try {
        const result = await next({ ...request, progress })
        spent = addLedgers(spent, result.spent)
        return result
      } catch (error) {
        spent = addLedgers(spent, getSpent(error))
        throw error
      } finally {
        if (left) inFlight.delete(left)
        ended.abort()
      }
    }
    return { sent: sent.promise, ended: ended.signal, result: call() }
  }
  return {
    run,
    spent: (result?: CallResult): Ledger =>
      result ? addLedgers(spent, recordAbandonedCalls(result, inFlight)) : spent,
  }
}

/** Calls that lose the race have the question of the answered one: its usage is the estimate of theirs. */
function recordAbandonedCalls({ answer }: CallResult, inFlight: Set<CallRequest>): Ledger {
  const usage = { ...answer.usage, estimatedTokens: totalTokens(answer.usage) }
  const calls = [...inFlight].map(({ route, kind, admitted }) => ({
    route,
    target: admitted?.target ?? null,
    kind,
    source: 'call' as const,
    outcome: 'aborted',
    failure: { kind: 'aborted' as const },
    usage,
    durationMs: 0,
    sentAt: 0,
  }))
  return createLedger(...calls)
}

function notifyWhenSent(
  progress: CallProgress,
  listener: (request: CallRequest) => void,
): CallProgress {
  return {
    ...progress,
    sent: (request, options) => {
      listener(request)
      progress.sent(request, options)
    },
  }
}

/** Undefined when the first call ends before, must not be hedged, or a second one cannot start now. */
async function startHedgedCall(
  deps: HedgingDeps,
  first: RunningCall,
  send: () => RunningCall,
): Promise<CallResult | undefined> {
  try {
    const sent = await awaitSent(first)
    if (!sent || !mayHedge(sent)) return undefined
    await deps.budget.earn().catch(() => undefined)
    if (!(await isDue(deps, sent, first.ended))) return undefined
    return await send().result
  } catch {
    // The error of the first call is thrown instead.
    return undefined
  }
}

async function awaitSent({ sent, ended }: RunningCall): Promise<CallRequest | undefined> {
  const over = new Promise<undefined>((resolve) => {
    ended.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  return Promise.race([sent, over])
}

function mayHedge({ question, admitted }: CallRequest): boolean {
  return question.types === 1 && admitted?.target.isProven === true
}

/** Waits until the call takes unusually long; false when it ends before. */
async function isDue(
  { limiter, budget }: HedgingDeps,
  { route, admitted }: CallRequest,
  ended: AbortSignal,
): Promise<boolean> {
  const limitKey = { account: admitted?.target.account.name ?? '', model: route.model }
  const startedAt = performance.now()
  for (;;) {
    const delayMs = await computeHedgeDelay(
      limiter,
      budget,
      limitKey,
      performance.now() - startedAt,
    )
    if (ended.aborted) return false
    if (delayMs === 0) return true
    await sleep(delayMs, undefined, { signal: ended })
  }
}
