import { expect, test } from 'vitest'
import { openDailyBudget, type DailyBudget } from '@capstan/limits/daily-budget/daily-budget'
import { openAdmission } from '@capstan/limits/admission/admission'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { openEndpointHealth } from '@capstan/limits/health/endpoint-health'
import { createLog } from '@capstan/shared/log'
import { findPrice } from '@capstan/shared/prices/price-table'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { openHealthWatch } from '../src/accounts/watch-health.ts'
import { accountLimits } from '../src/gate/account-limits.ts'
import type { Account } from '../src/gate/account.ts'
import { admitCall } from '../src/gate/call-in-turn.ts'
import { openDayGuard } from '../src/gate/day-guard.ts'
import { enterAny } from '../src/gate/enter-any.ts'

const MODEL = 'claude-sonnet-5'
const QUESTION = {
  system: 'Be short.',
  user: 'What is it?',
  maxOutputTokens: 100,
  types: 1,
  format: { name: 'answer', schema: {} },
}
const STILL = new AbortController().signal

function nobody(): never {
  throw new Error('nobody is called here')
}

/** Admits a call that has its turn at the only account, and answers what became of it and of all that it took. */
async function admitted(signal: AbortSignal, through: (budget: DailyBudget) => DailyBudget) {
  const { redis, keys } = openScanRig()
  const limits = accountLimits('anthropic', 'rpm=600')
  const account: Account = {
    name: 'only',
    provider: 'anthropic',
    limits,
    model: nobody,
    batches: nobody,
  }
  const limiter = openLimiter({ redis, keys, limitsFor: () => limits })
  const admission = openAdmission(limiter)
  await limiter.configure({ account: 'only', model: MODEL }, limits)
  const before = await limiter.snapshot({ account: 'only', model: MODEL })
  const wanted = { model: MODEL, characters: 400, maxOutputTokens: 100, ttlMs: 60_000 }
  const entered = await enterAny({ limiter, admission }, [account], wanted, STILL)
  const budget = openDailyBudget(redis, keys)
  const day = openDayGuard({
    budget: through(budget),
    limits: { maxTokens: 1_000_000 },
    onRefusal: () => undefined,
    log: createLog('test', 'silent'),
  })
  const health = openHealthWatch({
    health: openEndpointHealth(redis, keys),
    accounts: [account],
    hasFallback: false,
    log: createLog('test', 'silent'),
  })
  const deps = { day, priceOf: findPrice, health, callTimeoutMs: 5_000 }
  const outcome = await admitCall(
    deps,
    { entered, model: MODEL, question: QUESTION, begunAt: performance.now() },
    signal,
  ).catch((error: unknown) => error)
  const { dimensions, concurrency } = await limiter.snapshot({ account: 'only', model: MODEL })
  expect({ dimensions, inFlight: concurrency.inFlight }).toEqual({
    dimensions: before.dimensions,
    inFlight: 0,
  })
  expect(await budget.read()).toMatchObject({ calls: 0, tokens: 0, reservedTokens: 0 })
  return outcome
}

test('a call that nobody wants any more, now that it has its money, is not made and gives all back', async () => {
  const letGo = new AbortController()
  const outcome = await admitted(letGo.signal, (budget) => ({
    ...budget,
    reserve: async (...sum) => {
      const answer = await budget.reserve(...sum)
      letGo.abort('the other call has answered')
      return answer
    },
  }))
  expect(outcome).toBe('the other call has answered')
})

test('a call whose money was set aside although nobody heard so gives it back', async () => {
  const lost = new Error('the link broke before the answer')
  const outcome = await admitted(STILL, (budget) => ({
    ...budget,
    reserve: async (...sum) => {
      await budget.reserve(...sum)
      throw lost
    },
  }))
  expect(outcome).toBe(lost)
})
