import { expect, test } from 'vitest'
import { parseSharedDefinitions } from '@capstan/provider-sim/answers/parse-shared-definitions'
import { simulateAnswer } from '@capstan/provider-sim/answers/simulate-answer'
import { ItemError } from '@capstan/shared/errors'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import type { ModelAnswer, Model, Question } from '@capstan/shared/inference/types'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { buildProviderCall } from '../src/call/build-pipeline.ts'
import { getCause, getSpent, UnusablePartError } from '../src/call/model-call-error.ts'
import { sumUsage } from '../src/call/ledger.ts'
import type { CallItem, CallResult, ItemRequest } from '../src/call/model-call.ts'
import { withMultiTypePrompt } from '../src/call/with-multi-type-prompt/with-multi-type-prompt.ts'
import { openCallParts, testAccount } from './analysis-rig.ts'
import { SILENT } from './make-request.ts'
import { HELD_LIMITS, holdLine } from './hold-line.ts'

const ROUTE = { provider: 'anthropic', model: 'test-model' } as const
const USAGE = { inputTokens: 1_000, cachedTokens: 7, outputTokens: 301 }

interface Called {
  question: Question
  signal: AbortSignal
  answer(): void
  fail(error: Error): void
}

/** The request of the first attempt of a small type. */
function requestOf(kind: string, signal: AbortSignal, sent: (isShared: boolean) => void) {
  const definition = makeDefinition(kind)
  const item = { claim: { attempt: 1 }, definition } as CallItem // the stage reads nothing else
  const request: ItemRequest = {
    route: { ...ROUTE, price: null, contentKey: kind },
    question: buildQuestion(definition),
    signal,
    progress: { ...SILENT, sent: (_, { isShared } = { isShared: false }) => sent(isShared) },
    maxWaitMs: 30_000,
    kind: 'first',
    item,
  }
  return request
}

function openCalls(rig: ScanRig, model: Model, limits: string, maxTypes: number) {
  const callProvider = buildProviderCall(openCallParts(rig, testAccount(model, limits)))
  return withMultiTypePrompt(maxTypes)(callProvider)
}

/** Prompts about up to four types for a model that answers on demand, at an account whose tokens are used up. */
async function start(held: 'anthropic' | 'output' = 'anthropic') {
  const rig = openScanRig()
  const calls: Called[] = []
  const model: Model = {
    ...ROUTE,
    ask: (question, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<ModelAnswer>()
      signal.addEventListener('abort', () => reject(signal.reason))
      calls.push({ question, signal, answer: () => resolve(answerTo(question)), fail: reject })
      return promise
    },
  }
  const call = openCalls(rig, model, HELD_LIMITS[held], 4)
  const sent: string[] = []
  const ask = (kind: string, signal = new AbortController().signal): Promise<CallResult> => {
    const request = requestOf(kind, signal, (isShared) => void (isShared || sent.push(kind)))
    const result = call(request)
    // Awaited later, when it may have failed long ago.
    result.catch(() => undefined)
    return result
  }
  const released = await holdLine(rig, 'anthropic', 'test', held)
  const nextCall = (n: number) => until(`call ${n}`, () => calls[n - 1], { everyMs: 5 })
  return { ask, calls, sent, release: released, nextCall }
}

function answerTo({ user, types }: Question): ModelAnswer {
  const answers = parseSharedDefinitions(user).map(({ label, definition }) => ({
    label,
    answer: simulateAnswer(definition),
  }))
  const text = JSON.stringify(types > 1 ? { answers } : simulateAnswer(user))
  return { text, stop: 'end', usage: USAGE, requestId: 'one', durationMs: 1 }
}

test('the first admitted request takes the waiting ones into its prompt, and each gets its own answer', async () => {
  const { ask, calls, release, nextCall } = await start()
  const kinds = ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon']
  const asked = kinds.map((kind) => ask(kind))
  await release()
  const first = await nextCall(1)
  expect(first.question.types).toBe(4)
  const second = await nextCall(2)
  expect(second.question.types).toBe(1)
  for (const call of calls) call.answer()
  const answers = await Promise.all(asked)
  expect(answers.map(({ sharedWith }) => sharedWith)).toEqual([3, 3, 3, 3, 0])
  expect(answers.map(({ answer }) => parseAnswer(answer.text))).toMatchObject(
    kinds.map((kind) => ({
      value: { description: `Makes ${kind} objects.` },
    })),
  )
})

test('a shared call is counted for one request, and the shares of all sum to its usage', async () => {
  const { ask, sent, release, nextCall } = await start()
  const asked = ['Alpha', 'Beta', 'Gamma'].map((kind) => ask(kind))
  await release()
  const call = await nextCall(1)
  call.answer()
  const results = await Promise.all(asked)
  const usages = results.map(({ answer }) => answer.usage)
  expect(results.map(({ spent }) => sumUsage(spent))).toEqual(usages)
  expect(results.map(({ spent }) => spent.calls.map(({ source }) => source))).toEqual([
    ['call'],
    ['shared'],
    ['shared'],
  ])
  for (const kind of ['inputTokens', 'cachedTokens', 'outputTokens'] as const) {
    expect(usages.reduce((sum, usage) => sum + usage[kind], 0)).toBe(USAGE[kind])
  }
  expect(sent).toEqual(['Alpha'])
})

test('a request that is aborted before admission is not in the prompt', async () => {
  const { ask, release, nextCall } = await start()
  const leaving = new AbortController()
  const left = [ask('Alpha', leaving.signal), ask('Gamma', leaving.signal)]
  const others = [ask('Beta'), ask('Delta')]
  leaving.abort('canceled')
  for (const one of left) await expect(one).rejects.toBe('canceled')
  await release()
  const call = await nextCall(1)
  expect(call.question.types).toBe(2)
  expect(call.question.user).not.toContain('Alpha')
  expect(call.question.user).not.toContain('Gamma')
  call.answer()
  expect((await Promise.all(others)).map(({ sharedWith }) => sharedWith)).toEqual([1, 1])
})

test('a shared call continues after its first request is aborted, and the others share its usage', async () => {
  const { ask, release, nextCall } = await start()
  const leaving = new AbortController()
  const asked = [ask('Alpha', leaving.signal), ask('Beta'), ask('Gamma')]
  await release()
  const call = await nextCall(1)
  expect(call.question.types).toBe(3)
  leaving.abort('canceled')
  await expect(asked[0]).rejects.toBe('canceled')
  expect(call.signal.aborted).toBe(false)
  call.answer()
  const stayed = await Promise.all([asked[1], asked[2]])
  const input = stayed.map((one) => one?.answer.usage.inputTokens ?? 0)
  expect(input.reduce((sum, tokens) => sum + tokens, 0)).toBe(USAGE.inputTokens)
})

test('a shared call is aborted with its last request, which counts it as aborted', async () => {
  const { ask, release, nextCall } = await start()
  const leaving = new AbortController()
  const asked = [ask('Alpha', leaving.signal), ask('Beta', leaving.signal)]
  await release()
  const call = await nextCall(1)
  leaving.abort('stopping')
  const [first, last] = await Promise.all(asked.map((one) => one.catch((error: unknown) => error)))
  expect([getCause(first), getCause(last)]).toEqual(['stopping', 'stopping'])
  expect(getSpent(first).calls).toEqual([])
  expect(getSpent(last).calls).toMatchObject([{ source: 'call', isCutOff: true }])
  expect(call.signal.aborted).toBe(true)
})

test('a fault of the provider fails all requests of a shared call', async () => {
  const { ask, release, nextCall } = await start()
  const failing = ['Alpha', 'Beta'].map((kind) => ask(kind))
  await release()
  const down = new ItemError('provider_error', 'retry', 'down')
  ;(await nextCall(1)).fail(down)
  for (const one of failing) {
    expect(await one.catch(getCause)).toBe(down)
  }
})

test('after a refused multi-type prompt each type gets a call of its own', async () => {
  const { ask, release, nextCall } = await start()
  const refused = ['Alpha', 'Beta'].map((kind) => ask(kind))
  await release()
  const call = await nextCall(1)
  expect(call.question.types).toBe(2)
  call.fail(new ItemError('context_too_long', 'fail', 'too long'))
  const errors = await Promise.all(refused.map((one) => one.catch((error: unknown) => error)))
  for (const error of errors) {
    expect(getCause(error)).toBeInstanceOf(UnusablePartError)
    expect(sumUsage(getSpent(error)).inputTokens).toBe(0)
  }
})

test('requests that wait for a limit of output tokens share no call', async () => {
  const { ask, calls, release, nextCall } = await start('output')
  const asked = ['Alpha', 'Beta', 'Gamma'].map((kind) => ask(kind))
  await release()
  await nextCall(3)
  expect(calls.map(({ question }) => question.types)).toEqual([1, 1, 1])
  for (const call of calls) call.answer()
  expect((await Promise.all(asked)).map(({ sharedWith }) => sharedWith)).toEqual(Array(3).fill(0))
})

test('requests that are admitted at once share no call, nor does a large type', async () => {
  const rig = openScanRig()
  const questions: Question[] = []
  const model: Model = {
    ...ROUTE,
    ask: async (question) => {
      questions.push(question)
      return answerTo(question)
    },
  }
  const call = openCalls(rig, model, '', 8)
  const { signal } = new AbortController()
  const asked = Array.from({ length: 20 }, (_, index) =>
    call(requestOf(`Type${index}`, signal, () => undefined)),
  )
  await Promise.all(asked)
  expect(questions.map(({ types }) => types)).toEqual(Array(20).fill(1))
})

test.each([
  [300, true],
  [301, false],
])('a type of %i tokens may share a call: %s', async (outlineTokens, mayShare) => {
  const request = requestOf('Large', new AbortController().signal, () => undefined)
  const definition = { ...request.item.definition, outlineTokens }
  const resizable: boolean[] = []
  const call = withMultiTypePrompt(8)(async ({ resize, question }) => {
    resizable.push(resize !== undefined)
    return { answer: answerTo(question), spent: { calls: [], kept: 'nothing' }, sharedWith: 0 }
  })
  await call({ ...request, item: { ...request.item, definition } })
  expect(resizable).toEqual([mayShare])
})
