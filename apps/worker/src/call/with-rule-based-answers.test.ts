import { expect, test } from 'vitest'
import { makeRequest, makeResult } from '../../test/make-request.ts'
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

test('the demo rules answer the question of a type', async () => {
  const { answer } = await answerByRules(makeRequest({ route: { provider: 'demo', model: 'm' } }))
  expect(JSON.parse(answer.text)).toMatchObject({ capabilities: expect.any(Array) })
})
