import type { WorkerMetrics } from '../metrics/worker-metrics.ts'
import { getSpent } from './model-call-error.ts'
import type { Ledger } from './ledger.ts'
import type { Stage } from './model-call.ts'

type CallMetrics = Pick<WorkerMetrics, 'countCall' | 'timeCall' | 'countTokens' | 'hedgedRequests'>

/** Counts the calls of a request by outcome, with tokens and duration of those that were answered. */
export function withMetrics(metrics: CallMetrics): Stage {
  return (next) => async (request) => {
    try {
      const result = await next(request)
      countCalls(metrics, result.spent)
      return result
    } catch (error) {
      const spent = getSpent(error)
      countCalls(metrics, spent)
      if (spent.calls.length === 0) metrics.countCall(request.route, 'not sent')
      throw error
    }
  }
}

/** A shared call is counted for one of its items, its tokens by their shares. */
function countCalls(metrics: CallMetrics, { calls }: Ledger): void {
  for (const { route, kind, source, outcome, usage, durationMs, isCutOff } of calls) {
    if (source === 'call') {
      metrics.countCall(route, outcome)
      if (kind === 'hedged') metrics.hedgedRequests.inc({ provider: route.provider })
      if (outcome === 'answered') metrics.timeCall(route, durationMs)
    }
    if (!isCutOff) metrics.countTokens(route, usage)
  }
}
