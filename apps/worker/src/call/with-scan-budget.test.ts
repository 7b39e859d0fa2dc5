import { expect, test } from 'vitest'
import type { BudgetReservation } from '@capstan/scan-store/journal/types'
import { makeItemRequest, makeResult } from '../../test/make-request.ts'
import { withScanBudget } from './with-scan-budget.ts'

function openStage(outcome: 'reserved' | 'over-budget') {
  const reserved: BudgetReservation[] = []
  const journal = {
    reserve: async (...[, , , needed]: [string, string, number, BudgetReservation]) => {
      reserved.push(needed)
      return outcome
    },
  }
  const call = withScanBudget({ journal, findPrice: () => null })(async () => makeResult('good'))
  return { call, reserved }
}

test('a hedged request reserves two calls and what was spent before', async () => {
  const { call, reserved } = openStage('reserved')
  const spentBefore = { inputTokens: 3, cachedTokens: 0, outputTokens: 4 }
  await call({ ...makeItemRequest(), kind: 'hedged', spentBefore })
  expect(reserved).toMatchObject([{ tokens: 207, pausesWhenExceeded: false }])
})

test('a hedged request is not sent when the budget of the scan has no room', async () => {
  const { call } = openStage('over-budget')
  await expect(call({ ...makeItemRequest(), kind: 'hedged' })).rejects.toThrow('no room')
})

test('the first call was reserved by the claim', async () => {
  const { call, reserved } = openStage('over-budget')
  await call(makeItemRequest())
  expect(reserved).toEqual([])
})
