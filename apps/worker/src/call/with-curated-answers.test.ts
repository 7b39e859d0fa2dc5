import { expect, test } from 'vitest'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import { makeItemRequest } from '../../test/make-request.ts'
import { NOTHING_SPENT } from './ledger.ts'
import type { StoredAnswer } from './model-call.ts'
import { withCuratedAnswers } from './with-curated-answers.ts'

const { answer } = makeStoredResult()

/** Runs the stage for a type that is known or not, in a scan with or without curated answers. */
async function call({ isKnown, curated }: { isKnown: boolean; curated: boolean }) {
  const request = makeItemRequest()
  Object.assign(request.item.claim.scan, { curated })
  const byModel: StoredAnswer = {
    result: makeStoredResult(),
    answeredBy: request.route,
    isCached: false,
    spent: NOTHING_SPENT,
  }
  const find = () => (isKnown ? answer : undefined)
  return withCuratedAnswers({ version: 'v1', find })(async () => byModel)(request)
}

test('a known type gets its curated answer without a call', async () => {
  const { result, answeredBy, isCached, spent } = await call({ isKnown: true, curated: true })
  expect(result).toMatchObject({ answer, model: 'v1', worker: null, attempt: null, durationMs: 0 })
  expect(answeredBy).toMatchObject({ provider: 'curated', model: 'v1' })
  expect(answeredBy.contentKey).not.toBe(makeItemRequest().route.contentKey)
  expect([isCached, spent]).toEqual([false, NOTHING_SPENT])
})

test.each([
  ['an unknown type', { isKnown: false, curated: true }],
  ['a known type of a scan without curated answers', { isKnown: true, curated: false }],
])('%s is passed on to the model', async (_, given) => {
  expect((await call(given)).answeredBy.provider).toBe('anthropic')
})
