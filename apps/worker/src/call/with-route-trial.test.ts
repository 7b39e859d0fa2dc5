import { expect, test } from 'vitest'
import { makeAdmitted, makeRequest, makeResult } from '../../test/make-request.ts'
import { RouteTrialError } from '../accounts/route-trial-error.ts'
import { withRouteTrial } from './with-route-trial.ts'

const held = new RouteTrialError('test', undefined, 1_000)
const call = withRouteTrial({ admit: () => Promise.reject(held) })(async () => makeResult('good'))
const request = makeRequest({ admitted: makeAdmitted() })

test('a call is not sent while another call tests the route', async () => {
  await expect(call(request)).rejects.toBe(held)
})

test('a provider check is sent to a route that rejects all calls', async () => {
  expect(await call({ ...request, isCheck: true })).toEqual(makeResult('good'))
})
