import { expect, test } from 'vitest'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { ItemError } from '@capstan/shared/errors'
import { makeAdmitted, makeRequest, makeResult, SILENT } from '../../test/make-request.ts'
import { getCause, getSpent } from './model-call-error.ts'
import { withCallRecord } from './with-call-record.ts'

const request = makeRequest({ admitted: makeAdmitted() })

test('an answered call is recorded with its usage, account and duration', async () => {
  const { spent } = await withCallRecord(async () => makeResult('good', 7))(request)
  expect(spent.calls).toMatchObject([
    { source: 'call', outcome: 'answered', usage: { inputTokens: 7 }, target: { isProven: true } },
  ])
})

test.each([
  ['rejected', new ItemError('rate_limited', 'wait', 'slow down'), 'rate_limited', false],
  ['cut off at the deadline', new ItemError('timeout', 'retry', 'late'), 'timeout', true],
  ['aborted', new Error('aborted'), 'aborted', true],
])('a call that is %s carries its cost in the failure', async (_, cause, outcome, isCutOff) => {
  const error: unknown = await withCallRecord(() => Promise.reject(cause))(request).catch(
    (thrown: unknown) => thrown,
  )
  expect(getCause(error)).toBe(cause)
  const [call] = getSpent(error).calls
  expect(call).toMatchObject({ outcome, isCutOff })
  // A call that we cut off may be charged although no answer reports its usage.
  if (isCutOff) expect(call?.usage.estimatedTokens).toBeGreaterThan(0)
  else expect(call?.usage).toEqual(NO_USAGE)
})

test('a call that is aborted before it is sent is not recorded as sent', async () => {
  let sent = 0
  const progress = { ...SILENT, sent: () => void (sent += 1) }
  const signal = AbortSignal.abort('canceled')
  const call = withCallRecord(async () => makeResult('good'))({ ...request, signal, progress })
  const error: unknown = await call.catch((thrown: unknown) => thrown)
  expect([error, getSpent(error).calls, sent]).toEqual(['canceled', [], 0])
})
