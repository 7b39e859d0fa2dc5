import { expect, test } from 'vitest'
import { inferByRules } from '@capstan/demo-rules/infer-by-rules'
import { packedDefinitions } from '@capstan/demo-rules/packed-definitions'
import { ItemError } from '@capstan/shared/errors'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import type { ModelAnswer, Model, Question } from '@capstan/shared/inference/types'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { openPacks } from '../src/pack/open-packs.ts'
import { gateOf } from './gate-of.ts'
import { HELD_LIMITS, holdLine } from './hold-line.ts'

const ASKED = { provider: 'anthropic', model: 'test-model' } as const
const USAGE = { inputTokens: 1_000, cachedTokens: 7, outputTokens: 301 }

interface Called {
  question: Question
  signal: AbortSignal
  answer(): void
  fail(error: Error): void
}

/** Packs of up to four in front of a model that answers when it is told to, at an account whose tokens are used up. */
async function start(held: 'anthropic' | 'output' = 'anthropic') {
  const rig = openScanRig()
  const calls: Called[] = []
  const model: Model = {
    ...ASKED,
    ask: (question, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<ModelAnswer>()
      signal.addEventListener('abort', () => reject(signal.reason))
      calls.push({ question, signal, answer: () => resolve(answerTo(question)), fail: reject })
      return promise
    },
  }
  const gate = gateOf(rig, model, HELD_LIMITS[held])
  const packs = openPacks((asked, question, options) => gate.ask(asked, question, options), 4)
  const sent: string[] = []
  const ask = (kind: string, signal = new AbortController().signal) => {
    const definition = makeDefinition(kind)
    const question = buildQuestion(definition)
    const asking = { definition, question, signal, sent: () => void sent.push(kind) }
    const answer = packs.ask(ASKED, asking)
    // Looked at later, when it may have been refused long ago.
    answer.catch(() => undefined)
    return answer
  }
  const released = await holdLine(rig, 'anthropic', 'test', held)
  const nextCall = (n: number) => until(`call ${n}`, () => calls[n - 1], { everyMs: 5 })
  return { ask, packs, calls, sent, release: released, nextCall }
}

function answerTo({ user, types }: Question): ModelAnswer {
  const answers = packedDefinitions(user).map(({ label, definition }) => ({
    label,
    answer: inferByRules(definition),
  }))
  const text = JSON.stringify(types > 1 ? { answers } : inferByRules(user))
  return { text, stop: 'end', usage: USAGE, requestId: 'one', durationMs: 1 }
}

test('whose turn comes first takes along who waits, and each gets the own answer and share', async () => {
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
  const shares = answers.map((one) => (one.outcome === 'answered' ? one.answer : undefined))
  expect(answers.map((one) => one.outcome === 'answered' && one.packedWith)).toEqual([
    3, 3, 3, 3, 0,
  ])
  expect(shares.map((one) => parseAnswer(one?.text ?? ''))).toMatchObject(
    kinds.map((kind) => ({
      value: { description: `Makes ${kind} objects.` },
    })),
  )
})

test('the call is counted for one of them, and their shares sum to what it used', async () => {
  const { ask, sent, release, nextCall } = await start()
  const asked = ['Alpha', 'Beta', 'Gamma'].map((kind) => ask(kind))
  await release()
  const call = await nextCall(1)
  call.answer()
  const usages = (await Promise.all(asked)).map((one) =>
    one.outcome === 'answered' ? one.answer.usage : undefined,
  )
  for (const kind of ['inputTokens', 'cachedTokens', 'outputTokens'] as const) {
    expect(usages.reduce((sum, usage) => sum + (usage?.[kind] ?? 0), 0)).toBe(USAGE[kind])
  }
  expect(sent).toEqual(['Alpha'])
})

test('who leaves before the turn is not asked about', async () => {
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
  expect((await Promise.all(others)).map((one) => one.outcome)).toEqual(['answered', 'answered'])
})

test('a call goes on for those who stay, whoever of them led it, and pays for nobody twice', async () => {
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
  const input = stayed.map((one) => (one?.outcome === 'answered' ? one.answer.usage : undefined))
  expect(input.reduce((sum, usage) => sum + (usage?.inputTokens ?? 0), 0)).toBe(USAGE.inputTokens)
})

test('a call that nobody waits for any more is given up', async () => {
  const { ask, release, nextCall } = await start()
  const leaving = new AbortController()
  const asked = [ask('Alpha', leaving.signal), ask('Beta', leaving.signal)]
  await release()
  const call = await nextCall(1)
  leaving.abort('stopping')
  expect(await Promise.allSettled(asked)).toMatchObject([
    { status: 'rejected', reason: 'stopping' },
    { status: 'rejected', reason: 'stopping' },
  ])
  expect(call.signal.aborted).toBe(true)
})

test('a fault of the provider is that of all who share the call', async () => {
  const { ask, release, nextCall } = await start()
  const failing = ['Alpha', 'Beta'].map((kind) => ask(kind))
  await release()
  const down = new ItemError('provider_error', 'retry', 'down')
  ;(await nextCall(1)).fail(down)
  for (const one of failing) await expect(one).rejects.toBe(down)
})

test('a refused question is asked about each of its types alone', async () => {
  const { ask, release, nextCall } = await start()
  const refused = ['Alpha', 'Beta'].map((kind) => ask(kind))
  await release()
  const call = await nextCall(1)
  expect(call.question.types).toBe(2)
  call.fail(new ItemError('context_too_long', 'fail', 'too long'))
  expect(await Promise.all(refused)).toMatchObject([
    { outcome: 'unanswered', usage: { inputTokens: 0 } },
    { outcome: 'unanswered', usage: { inputTokens: 0 } },
  ])
})

test('who waits for a limit of output, which a shared call would use as much of, shares none', async () => {
  const { ask, calls, release, nextCall } = await start('output')
  const asked = ['Alpha', 'Beta', 'Gamma'].map((kind) => ask(kind))
  await release()
  await nextCall(3)
  expect(calls.map(({ question }) => question.types)).toEqual([1, 1, 1])
  for (const call of calls) call.answer()
  expect((await Promise.all(asked)).map(({ outcome }) => outcome)).toEqual(
    Array(3).fill('answered'),
  )
})

test('where no turn is waited for nobody shares a call, and a large type never does', async () => {
  const rig = openScanRig()
  const questions: Question[] = []
  const model: Model = {
    ...ASKED,
    ask: async (question) => {
      questions.push(question)
      return answerTo(question)
    },
  }
  const gate = gateOf(rig, model)
  const packs = openPacks((asked, question, options) => gate.ask(asked, question, options), 8)
  const asked = Array.from({ length: 20 }, (_, index) => {
    const definition = makeDefinition(`Type${index}`)
    const signal = new AbortController().signal
    return packs.ask(ASKED, {
      definition,
      question: buildQuestion(definition),
      signal,
      sent: () => undefined,
    })
  })
  await Promise.all(asked)
  expect(questions.map(({ types }) => types)).toEqual(Array(20).fill(1))
  expect(packs.takes({ outlineTokens: 300 })).toBe(true)
  expect(packs.takes({ outlineTokens: 301 })).toBe(false)
})
