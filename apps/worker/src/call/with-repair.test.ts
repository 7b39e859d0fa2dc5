import { expect, test } from 'vitest'
import type { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import { createLog } from '@capstan/shared/log'
import { makeItemRequest, makePaidResult } from '../../test/make-request.ts'
import { ModelCallError, getCause, getSpent, UnusablePartError } from './model-call-error.ts'
import { countCalls, sumUsage } from './ledger.ts'
import type { CallResult, ItemRequest } from './model-call.ts'
import { withRepair } from './with-repair.ts'

const VALUE = { description: 'a thing' } as InferredCapability // never looked into

/** Answers one request after the other; the text `good` is valid. */
function open(...answers: (string | CallResult | ModelCallError)[]) {
  const kept: string[] = []
  const requests: ItemRequest[] = []
  const stage = withRepair({
    reader: {
      read: ({ text }) =>
        text === 'good'
          ? { outcome: 'valid', value: VALUE }
          : { outcome: 'invalid', faults: ['not good'], excerpt: text },
      buildRepair: (question, text) => ({ ...question, user: `repair of ${text}` }),
    },
    results: {
      keepUnfinished: async (_, { next }) => void kept.push(next),
      dropUnfinished: async () => void kept.push('dropped'),
    },
    batchAnswers: { release: async () => undefined },
    log: createLog('test', 'silent'),
  })
  const call = stage(async (request): Promise<CallResult> => {
    const answer = answers[requests.length] ?? 'good'
    requests.push(request)
    if (answer instanceof ModelCallError) throw answer
    if (typeof answer !== 'string') return answer
    return makePaidResult(answer, 7)
  })
  return { call, kept, requests }
}

test('a valid answer costs one call', async () => {
  const { call, kept } = open('good')
  const { value, spent } = await call(makeItemRequest())
  expect([value, countCalls(spent), kept]).toEqual([VALUE, 1, []])
})

test('an answer that the program gives as a value is not read', async () => {
  const { call, kept } = open({ ...makePaidResult('bad', 7), value: VALUE })
  const { value, spent } = await call(makeItemRequest())
  expect([value, countCalls(spent), kept]).toEqual([VALUE, 1, []])
})

test('an invalid answer is kept before its repair, and both calls count', async () => {
  const { call, kept, requests } = open('bad', 'good')
  const { spent } = await call(makeItemRequest())
  expect([countCalls(spent), sumUsage(spent).inputTokens, kept]).toEqual([2, 14, ['repair']])
  expect(requests[1]).toMatchObject({ isRepair: true, question: { user: 'repair of bad' } })
})

test('an invalid repair fails with the cost of both calls, and the next attempt starts over', async () => {
  const { call, kept } = open('bad', 'worse')
  const error: unknown = await call(makeItemRequest()).catch((thrown: unknown) => thrown)
  expect(getCause(error)).toMatchObject({ reason: 'invalid_output' })
  expect([countCalls(getSpent(error)), kept]).toEqual([2, ['repair', 'dropped']])
})

test('an attempt after a paid invalid answer begins with the repair', async () => {
  const { call, requests } = open('good')
  const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 }
  const unfinished = { next: 'repair' as const, scanId: 's', usage, text: 'bad', faults: [] }
  await call(makeItemRequest({ unfinished }))
  expect(requests.map(({ question }) => question.user)).toEqual(['repair of bad'])
})

test('a type without a usable part of a shared answer gets a call of its own', async () => {
  const { spent } = makePaidResult('', 3)
  const { call, kept, requests } = open(new ModelCallError(new UnusablePartError(), spent), 'good')
  const result = await call(makeItemRequest())
  expect(requests.map(({ isAlone }) => isAlone)).toEqual([undefined, true])
  expect([sumUsage(result.spent).inputTokens, kept]).toEqual([10, ['ask-alone']])
})
