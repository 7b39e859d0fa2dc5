import { expect, test } from 'vitest'
import { makeItemRequest, makeRequest, makeResult } from '../../test/make-request.ts'
import { answerByRules } from './answer-by-rules.ts'
import { withRuleBasedAnswers } from './with-rule-based-answers.ts'

const call = withRuleBasedAnswers(async () => makeResult('by rules'))(async () =>
  makeResult('by a model'),
)

test.each([
  ['demo', 'by rules'],
  ['anthropic', 'by a model'],
] as const)('a request for the provider %s is answered %s', async (provider, text) => {
  const request = makeRequest({ route: { provider, model: 'm' } })
  expect((await call(request)).answer.text).toBe(text)
})

test('an answer by rules is a value that is not read from a text', async () => {
  const { answer, value } = await answerByRules(makeItemRequest())
  expect(value).toMatchObject({ capabilities: ['thing objects'], useCase: '' })
  expect(JSON.parse(answer.text)).toEqual(value)
})

test('a question without an item has no answer by rules', async () => {
  await expect(answerByRules(makeRequest())).rejects.toThrow('needs the definition')
})
