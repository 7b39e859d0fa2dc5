import { expect, test } from 'vitest'
import type { ModelAnswer } from '@capstan/shared/inference/types'
import { hedgedCall, type HedgedCall } from './hedged-call.ts'

const STILL = new AbortController().signal

function answerOf(text: string, tokens: number): ModelAnswer {
  const usage = { inputTokens: tokens, cachedTokens: 0, outputTokens: tokens }
  return { text, stop: 'end', usage, requestId: null, durationMs: 1 }
}

/** Ends with its signal, as a real call does. */
const untilAborted = (signal: AbortSignal): Promise<ModelAnswer> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('let go')))
  })

const at = (first: HedgedCall['first'], second: HedgedCall['first'] | undefined): HedgedCall => ({
  first,
  enterSecond: async () => second,
  inMs: async () => 0,
})

test('when both calls answer in the same moment, each counts with what it used', async () => {
  const both = Promise.withResolvers<void>()
  const call = (tokens: number) => async () => {
    await both.promise
    return answerOf('an answer', tokens)
  }
  const calling = hedgedCall(
    at(call(10), async () => {
      both.resolve()
      return call(7)()
    }),
    STILL,
  )
  expect((await calling).usage).toEqual({ inputTokens: 17, cachedTokens: 0, outputTokens: 17 })
})

test('a call that is let go of counts as the answer does, as an estimate', async () => {
  const { text, usage } = await hedgedCall(
    at(untilAborted, async () => answerOf('second', 7)),
    STILL,
  )
  expect({ text, ...usage }).toMatchObject({
    text: 'second',
    inputTokens: 14,
    outputTokens: 14,
    estimatedTokens: 14,
  })
})

test('a call that failed before the other answered counts nothing more', async () => {
  const failed = Promise.withResolvers<ModelAnswer>()
  const { text, usage } = await hedgedCall(
    at(
      () => failed.promise,
      async () => {
        failed.reject(new Error('down'))
        await failed.promise.catch(() => undefined)
        return answerOf('second', 7)
      },
    ),
    STILL,
  )
  expect({ text, ...usage }).toMatchObject({ text: 'second', inputTokens: 7, outputTokens: 7 })
})

test('without money or a turn for a second one there is one call', async () => {
  const answer = await hedgedCall(
    at(async () => answerOf('first', 10), undefined),
    STILL,
  )
  expect(answer).toMatchObject({ text: 'first', usage: { inputTokens: 10 } })
})
