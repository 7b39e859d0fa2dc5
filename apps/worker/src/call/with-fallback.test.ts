import { expect, test } from 'vitest'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import { ItemError } from '@capstan/shared/errors'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import { makeItemRequest, makePaidResult } from '../../test/make-request.ts'
import type { FallbackModel } from '../accounts/choose-fallback.ts'
import { ModelCallError, getCause } from './model-call-error.ts'
import { NOTHING_SPENT } from './ledger.ts'
import type { ItemRequest, StoredAnswer } from './model-call.ts'
import { withFallback } from './with-fallback.ts'

const SOL: FallbackModel = { provider: 'openai', model: 'sol', price: null }
const LUNA: FallbackModel = { provider: 'openai', model: 'luna', price: null }
const DOWN = new MaxWaitError(60_000, 'breaker')

/** Fallback models in front of models that fail as given; `isDown`: the outage is known before the call. */
function open(failures: Record<string, Error>, isDown = false) {
  const asked: string[] = []
  const excluded: string[] = []
  let isKnown = isDown
  const stage = withFallback({
    afterMs: 500,
    reserve: async () => undefined,
    routes: {
      chooseFallback: async () => {
        const model = [SOL, LUNA].find((one) => !excluded.includes(one.model))
        const known = isKnown
        isKnown = true
        return known ? model : undefined
      },
      excludeFallback: ({ model }) => void excluded.push(model),
    },
  })
  const call = stage(async ({ route, maxWaitMs }: ItemRequest): Promise<StoredAnswer> => {
    asked.push(`${route.model}${maxWaitMs === 0 ? ' now' : ''}`)
    const failure = failures[route.model]
    if (failure) throw failure
    return { result: makeStoredResult(), isCached: false, answeredBy: route, spent: NOTHING_SPENT }
  })
  return { call: () => call(makeItemRequest()), asked }
}

test('the scan is answered by its own model while that can be called', async () => {
  const { call, asked } = open({})
  expect((await call()).answeredBy.model).toBe('test-model')
  expect(asked).toEqual(['test-model'])
})

test('a fallback model answers after an outage, under its own content key', async () => {
  const { call, asked } = open({ 'test-model': DOWN })
  const { answeredBy } = await call()
  expect(answeredBy).toMatchObject(SOL)
  expect(answeredBy.contentKey).not.toBe('key')
  expect(asked).toEqual(['test-model', 'sol'])
})

test('during a known outage the model of the scan is called without a wait', async () => {
  const { call, asked } = open({ 'test-model': DOWN }, true)
  await call()
  expect(asked).toEqual(['test-model now', 'sol'])
})

test('a fallback model that rejects the key is excluded, and the next one answers', async () => {
  const rejected = new ItemError('provider_auth', 'pause-scan', 'no key')
  const { call, asked } = open({ 'test-model': DOWN, sol: rejected })
  expect((await call()).answeredBy.model).toBe('luna')
  expect(asked).toEqual(['test-model', 'sol', 'luna'])
})

test.each([
  ['a rejected key', new ItemError('provider_auth', 'pause-scan', 'no key')],
  ['a failure after paid tokens', new ModelCallError(DOWN, makePaidResult('bad').spent)],
])('no fallback model is asked after %s', async (_, failure) => {
  const { call, asked } = open({ 'test-model': failure })
  const error: unknown = await call().catch((thrown: unknown) => thrown)
  expect(getCause(error)).toBe(getCause(failure))
  expect(asked).toEqual(['test-model'])
})
