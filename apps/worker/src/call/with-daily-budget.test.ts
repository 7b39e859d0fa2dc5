import { expect, test } from 'vitest'
import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import { ItemError } from '@capstan/shared/errors'
import { makeAdmitted, makeRequest, makeResult } from '../../test/make-request.ts'
import type { DailyBudgetGuard } from './daily-budget/daily-budget-guard.ts'
import { withCallRecord } from './with-call-record.ts'
import { withDailyBudget } from './with-daily-budget.ts'

function openStage(reserve: DailyBudgetGuard['reserve'] = async () => undefined) {
  const settled: (Usage | 'unknown')[] = []
  const dailyBudget: DailyBudgetGuard = {
    reserve,
    settle: async (_, used) => void settled.push(used),
  }
  const stage = withDailyBudget({ dailyBudget, findPrice: () => null, ttlMs: 1_000 })
  return { stage, settled }
}

const request = makeRequest({ admitted: makeAdmitted() })

test('an answered call settles its reservation with its usage', async () => {
  const { stage, settled } = openStage()
  const result = await stage(async () => makeResult('good'))(request)
  expect(settled).toEqual([result.answer.usage])
})

test('a call that the budget rejects is not sent, and its reservation is released', async () => {
  const usedUp = new ItemError('budget_exceeded', 'pause-scan', 'used up')
  const { stage, settled } = openStage(() => Promise.reject(usedUp))
  const send = (): never => {
    throw new Error('the call was sent')
  }
  await expect(stage(send)(request)).rejects.toBe(usedUp)
  expect(settled).toEqual([NO_USAGE])
})

test.each([
  ['cut off', new ItemError('timeout', 'retry', 'late'), 'unknown'],
  ['rejected by the provider', new ItemError('rate_limited', 'wait', 'slow down'), NO_USAGE],
])('a call that is %s settles with its known cost', async (_, cause, used) => {
  const { stage, settled } = openStage()
  const call = stage(withCallRecord(() => Promise.reject(cause)))
  await expect(call(request)).rejects.toMatchObject({ cause })
  expect(settled).toEqual([used])
})
