import { expect, test } from 'vitest'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { makeItemRequest, makeRequest, makeResult } from '../../test/make-request.ts'
import { answerByRules } from './answer-by-rules.ts'
import { NOTHING_SPENT } from './ledger.ts'
import { withRuleBasedAnswers } from './with-rule-based-answers.ts'

const call = withRuleBasedAnswers(async () => makeResult('rule-based'))(async () =>
  makeResult('by a model'),
)

test.each([
  ['demo', 'rule-based'],
  ['anthropic', 'by a model'],
] as const)('a request for the provider %s is answered %s', async (provider, text) => {
  const request = makeRequest({ route: { provider, model: 'm' } })
  expect((await call(request)).answer.text).toBe(text)
})

test('a rule-based answer is a value that is not read from a text, and counts no call and no tokens', async () => {
  const { answer, value, spent } = await answerByRules(makeItemRequest())
  expect([answer.usage, spent]).toEqual([NO_USAGE, NOTHING_SPENT])
  expect(value).toMatchObject({ capabilities: ['thing objects'], useCase: '' })
  expect(JSON.parse(answer.text)).toEqual(value)
})

test('a question without an item has no rule-based answer', async () => {
  await expect(answerByRules(makeRequest())).rejects.toThrow('needs the definition')
})
