import { expect, test } from 'vitest'
import { ItemError } from '@capstan/shared/errors'
import { classifyFault } from './classify-fault.ts'

const fault = (message: string, status?: number): ItemError =>
  new ItemError('provider_error', 'retry', message, { cause: { status } })

test.each([
  ['Loading model', 503],
  ['Service Unavailable', 503],
  ['Overloaded', 529],
  ['upstream request timeout', 504],
  ['Model meta-llama/Llama-4 is currently loading', 500],
  ['timed out waiting for llama runner to start - progress 0.00', 500],
  ['server busy, please try again. maximum pending requests exceeded', 500],
  ['The model is warming up', 200],
])('a server that answers "%s" with %i is not ready', (message, status) => {
  expect(classifyFault(fault(message, status))).toBe('transient')
})

test.each([
  ['Internal Server Error', 500],
  ['Bad Gateway', 502],
  ['Unexpected endpoint or method', 200],
  ['error loading model: no such file', 500],
  ['Failed to load model "x"', 500],
  ['Method Not Allowed', 405],
  ['connect ECONNREFUSED 127.0.0.1:1', undefined],
  ['self-signed certificate', undefined],
])('an error "%s" with %s is permanent', (message, status) => {
  expect(classifyFault(fault(message, status))).toBe('permanent')
})

test.each([
  ['rate_limited', 'wait', undefined],
  ['invalid_output', 'retry', undefined],
  ['context_too_long', 'fail', undefined],
  ['budget_exceeded', 'pause-scan', undefined],
  ['timeout', 'retry', 'transient'],
  ['provider_auth', 'pause-scan', 'refused'],
  ['quota_exhausted', 'pause-scan', 'refused'],
  ['provider_error', 'fail', 'permanent'],
] as const)('%s with the policy %s is %s', (reason, policy, nature) => {
  expect(classifyFault(new ItemError(reason, policy, 'words'))).toBe(nature)
})
