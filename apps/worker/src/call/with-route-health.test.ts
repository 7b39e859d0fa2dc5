import { expect, test } from 'vitest'
import { ItemError } from '@capstan/shared/errors'
import { makeAdmitted, makeRequest, makeResult, makeTarget } from '../../test/make-request.ts'
import type { HealthWatch } from '../accounts/watch-health.ts'
import { getCause, getSpent } from './model-call-error.ts'
import type { ModelCall } from './model-call.ts'
import { withCallRecord } from './with-call-record.ts'
import { withRouteHealth } from './with-route-health.ts'

const targets = [makeTarget('left'), makeTarget('right')]
const request = makeRequest({ targets })
const answered: string[] = []
const health: HealthWatch = {
  admit: async () => undefined,
  selectUsable: (accounts) => accounts,
  readAccountHealth: async () => 'unknown',
  recordAnswer: async ({ name }) => void answered.push(name),
  recordFailure: async (_account, _model, error) => error,
}

/** Sends a call to the first of its targets. */
const toFirst =
  (send: ModelCall): ModelCall =>
  (one) =>
    withCallRecord(send)({ ...one, admitted: makeAdmitted(one.targets?.[0]) })

test('a failure is thrown as classified by its route health, with the cost of the call', async () => {
  const misconfigured = new ItemError('provider_error', 'pause-scan', 'wrong base URL')
  const call = withRouteHealth({ ...health, recordFailure: async () => misconfigured })(
    toFirst(() => Promise.reject(new ItemError('provider_error', 'retry', 'not found'))),
  )
  const error: unknown = await call(request).catch((thrown: unknown) => thrown)
  expect(getCause(error)).toBe(misconfigured)
  expect(getSpent(error).calls).toMatchObject([{ outcome: 'provider_error' }])
})

test('a call that was not sent is no fault of the route', async () => {
  const failed = (): never => {
    throw new Error('a fault was recorded')
  }
  const noBudget = new Error('no budget')
  const call = withRouteHealth({ ...health, recordFailure: failed })(() => Promise.reject(noBudget))
  await expect(call(request)).rejects.toBe(noBudget)
})

test('a call goes to an account that does not reject all calls, which records its answer', async () => {
  const usable: HealthWatch['selectUsable'] = (accounts) => accounts.slice(1)
  const call = withRouteHealth({ ...health, selectUsable: usable })(
    toFirst(async () => makeResult('good')),
  )
  await call(request)
  expect(answered).toEqual(['right'])
})
