import { expect, test } from 'vitest'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import { makeItemRequest } from '../../test/make-request.ts'
import { NOTHING_SPENT } from './ledger.ts'
import type { StoredAnswer } from './model-call.ts'
import { withCuratedAnswers, type CuratedAnswersDeps } from './with-curated-answers.ts'

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
  const released: string[] = []
  const batchAnswers = {
    release: async ({ claim }: Parameters<CuratedAnswersDeps['batchAnswers']['release']>[0]) =>
      void released.push(claim.entry.resource),
  }
  const curatedAnswers = { version: 'v1', find }
  const stage = withCuratedAnswers({ curated: curatedAnswers, batchAnswers })
  return { ...(await stage(async () => byModel)(request)), released }
}

test('a known type gets its curated answer without a call, and its question is released', async () => {
  const { result, answeredBy, isCached, spent, released } = await call({
    isKnown: true,
    curated: true,
  })
  expect(released).toHaveLength(1)
  expect(result).toMatchObject({ answer, model: 'v1', worker: null, attempt: null, durationMs: 0 })
  expect(answeredBy).toMatchObject({ provider: 'curated', model: 'v1' })
  expect(answeredBy.contentKey).not.toBe(makeItemRequest().route.contentKey)
  expect([isCached, spent]).toEqual([false, NOTHING_SPENT])
})

test.each([
  ['an unknown type', { isKnown: false, curated: true }],
  ['a known type of a scan without curated answers', { isKnown: true, curated: false }],
])('%s is passed on to the model', async (_, given) => {
  const { answeredBy, released } = await call(given)
  expect([answeredBy.provider, released]).toEqual(['anthropic', []])
})
