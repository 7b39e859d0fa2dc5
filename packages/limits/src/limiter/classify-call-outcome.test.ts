import { expect, test } from 'vitest'
import { ItemError } from '@capstan/shared/errors'
import { classifyCallOutcome } from './classify-call-outcome.ts'

test.each([
  ['rate-limited', new ItemError('rate_limited', 'wait', 'slower')],
  ['ramp-limited', new ItemError('rate_limited', 'wait', 'grew too fast', { isRamp: true })],
  ['timeout', new ItemError('timeout', 'retry', 'took too long')],
  ['overload', new ItemError('provider_error', 'retry', 'has a fault')],
  ['refused', new ItemError('provider_error', 'fail', 'refused')],
  ['aborted', new Error('canceled')],
] as const)('an error maps to the outcome %s', (kind, error) => {
  expect(classifyCallOutcome(error).kind).toBe(kind)
})

test('the outcome has the error text of the provider, and none for a cancelled call', () => {
  const error = new ItemError('rate_limited', 'wait', 'OpenAI rate-limited the call (429): slower')
  expect(classifyCallOutcome(error).cause).toBe('OpenAI rate-limited the call (429): slower')
  expect(classifyCallOutcome(new Error('canceled')).cause).toBeUndefined()
})
