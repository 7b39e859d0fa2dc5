import { expect, test } from 'vitest'
import { openDailyBudget, type DailyBudget } from '@capstan/limits/daily-budget/daily-budget'
import type { Model } from '@capstan/shared/inference/types'
import { createSilentLog } from '@capstan/testkit/create-silent-log'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { openDailyBudgetGuard } from '../src/call/daily-budget/daily-budget-guard.ts'
import { openCallParts, testAccount } from './analysis-rig.ts'
import { SILENT } from './make-request.ts'
import { withDailyBudget } from '../src/call/with-daily-budget.ts'
import { withPermit } from '../src/call/with-permit/with-permit.ts'
import type { ModelCall } from '../src/call/model-call.ts'

const ROUTE = { provider: 'anthropic', model: 'claude-sonnet-5' } as const
const QUESTION = {
  system: 'Be short.',
  user: 'What is it?',
  maxOutputTokens: 100,
  types: 1,
  format: { name: 'answer', schema: {} },
}
const STILL = new AbortController().signal
const UNUSED: Model = { ...ROUTE, ask: () => Promise.reject(new Error('no model is called here')) }

/** Returns the error of a call with a permit, after a check that permit and reservation are released whole. */
async function rejection(signal: AbortSignal, through: (budget: DailyBudget) => DailyBudget) {
  const { redis, keys } = openScanRig()
  const account = testAccount(UNUSED, 'rpm=600')
  const parts = openCallParts({ redis, keys }, account)
  const limitKey = { account: 'test', model: ROUTE.model }
  await parts.limiter.configure(limitKey, account.limits)
  const before = await parts.limiter.snapshot(limitKey)
  const budget = openDailyBudget(redis, keys)
  const dailyBudget = openDailyBudgetGuard({
    budget: through(budget),
    limits: { maxTokens: 1_000_000 },
    onRejected: () => undefined,
    log: createSilentLog(),
  })
  const send: ModelCall = async (request) => {
    request.signal.throwIfAborted()
    throw new Error('the call was sent')
  }
  const call = withPermit(parts)(withDailyBudget({ ...parts, dailyBudget })(send))
  const targets = [{ account, dialect: undefined, isProven: true }]
  const outcome = await call({
    route: ROUTE,
    question: QUESTION,
    signal,
    progress: SILENT,
    maxWaitMs: 30_000,
    kind: 'first',
    targets,
  }).catch((error: unknown) => error)
  const { dimensions, concurrency } = await parts.limiter.snapshot(limitKey)
  expect({ dimensions, inFlight: concurrency.inFlight }).toEqual({
    dimensions: before.dimensions,
    inFlight: 0,
  })
  expect(await budget.read()).toMatchObject({ calls: 0, tokens: 0, reservedTokens: 0 })
  return outcome
}

test('a call that is aborted after its reservation is not sent and releases permit and reservation', async () => {
  const abort = new AbortController()
  const outcome = await rejection(abort.signal, (budget) => ({
    ...budget,
    reserve: async (...amount) => {
      const answer = await budget.reserve(...amount)
      abort.abort('the other call has answered')
      return answer
    },
  }))
  expect(outcome).toBe('the other call has answered')
})

test('a reservation whose reply is lost is released', async () => {
  const lost = new Error('the link broke before the answer')
  const outcome = await rejection(STILL, (budget) => ({
    ...budget,
    reserve: async (...amount) => {
      await budget.reserve(...amount)
      throw lost
    },
  }))
  expect(outcome).toBe(lost)
})
