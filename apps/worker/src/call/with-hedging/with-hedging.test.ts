import { expect, test } from 'vitest'
import type { HedgeBudget } from '@capstan/limits/budgets/hedge-budget'
import type { LimitsSnapshot } from '@capstan/limits/types'
import { ItemError } from '@capstan/shared/errors'
import { getCause, getSpent } from '../model-call-error.ts'
import { sumUsage } from '../ledger.ts'
import type { CallRequest, CallResult, ModelCall } from '../model-call.ts'
import {
  makeAdmitted,
  makeRequest,
  makeResult as answerOf,
  makeTarget,
} from '../../../test/make-request.ts'
import { withCallRecord } from '../with-call-record.ts'
import { withHedging } from './with-hedging.ts'

/** Every call takes unusually long at once. */
const SLOW: Pick<LimitsSnapshot, 'latency' | 'dimensions' | 'breaker' | 'paused'> = {
  latency: { medianMs: 0, sigma: 0 },
  dimensions: {},
  breaker: { state: 'closed', epoch: 1, forMs: 0, unhealthyMs: 0, reason: null },
  paused: null,
}

function hedge(send: ModelCall, { isAffordable = true, target = makeTarget() } = {}) {
  const budget: HedgeBudget = { earn: async () => undefined, spend: async () => isAffordable }
  const limiter = { snapshot: async () => SLOW as LimitsSnapshot } // the rules read nothing else
  const admit: ModelCall = (request) =>
    withCallRecord(send)({ ...request, admitted: makeAdmitted(target) })
  return withHedging({ limiter, budget })(admit)(makeRequest())
}

/** Ends with its signal, as a real call does. */
const untilAborted = ({ signal }: CallRequest): Promise<CallResult> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('abandoned')))
  })

/** The first call, and the second one beside it. */
const calls =
  (first: ModelCall, second: ModelCall): ModelCall =>
  (request) =>
    request.kind === 'hedged' ? second(request) : first(request)

test('two calls that answer at the same moment both count with their own usage', async () => {
  const both = Promise.withResolvers<void>()
  const after = (tokens: number) => async () => {
    await both.promise
    return answerOf('an answer', tokens)
  }
  const { spent } = await hedge(
    calls(after(10), () => {
      both.resolve()
      return after(7)()
    }),
  )
  expect(sumUsage(spent)).toEqual({ inputTokens: 17, cachedTokens: 0, outputTokens: 17 })
})

test('an abandoned call counts with the usage of the answer as an estimate', async () => {
  const { answer, spent } = await hedge(calls(untilAborted, async () => answerOf('second', 7)))
  expect(answer.text).toBe('second')
  expect(sumUsage(spent)).toEqual({
    inputTokens: 14,
    cachedTokens: 0,
    outputTokens: 14,
    estimatedTokens: 14,
  })
  expect(spent.calls.map(({ kind, outcome }) => [kind, outcome])).toEqual([
    ['hedged', 'answered'],
    ['first', 'aborted'],
  ])
})

test('a call that failed before the second answered adds no usage', async () => {
  const failed = Promise.withResolvers<CallResult>()
  const { answer, spent } = await hedge(
    calls(
      () => failed.promise,
      async () => {
        failed.reject(new Error('down'))
        await failed.promise.catch(() => undefined)
        return answerOf('second', 7)
      },
    ),
  )
  expect(answer.text).toBe('second')
  expect(sumUsage(spent)).toMatchObject({ inputTokens: 7, outputTokens: 7 })
})

test('the error of the first call is thrown when both fail, with the cost of both', async () => {
  const down = new ItemError('provider_error', 'retry', 'down')
  const second = Promise.withResolvers<void>()
  const error: unknown = await hedge(
    calls(
      async () => {
        await second.promise
        throw down
      },
      async () => {
        second.resolve()
        throw new ItemError('rate_limited', 'wait', 'the second call is rejected')
      },
    ),
  ).catch((thrown: unknown) => thrown)
  expect(getCause(error)).toBe(down)
  expect(
    getSpent(error)
      .calls.map(({ outcome }) => outcome)
      .toSorted(),
  ).toEqual(['provider_error', 'rate_limited'])
})

test.each([
  ['without hedge budget', { isAffordable: false }],
  ['at an endpoint that has not answered yet', { target: { ...makeTarget(), isProven: false } }],
])('a slow call %s is not hedged', async (_, options) => {
  const sent: string[] = []
  const { answer, spent } = await hedge(async ({ kind }) => {
    sent.push(kind)
    // The rules of hedging take no more than one turn of the event loop.
    await new Promise(setImmediate)
    return answerOf('first', 10)
  }, options)
  expect(sent).toEqual(['first'])
  expect(answer.text).toBe('first')
  expect(sumUsage(spent)).toMatchObject({ inputTokens: 10 })
})
