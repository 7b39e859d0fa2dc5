import { expect, test } from 'vitest'
import { ItemError } from '@capstan/shared/errors'
import { createBatchEmbedder } from './embed-in-batches.ts'

const never = new AbortController().signal
const createTexts = (count: number) => Array.from({ length: count }, (_, index) => `text ${index}`)
const toVector = (text: string) => Float32Array.from([text.length])

/** An embedder of a server that fails calls for which `findFault` returns an error. */
function startServer(findFault: (texts: string[]) => ItemError | undefined) {
  const calls: string[][] = []
  const embed = createBatchEmbedder(async (texts) => {
    calls.push(texts)
    const fault = findFault(texts)
    if (fault) throw fault
    return texts.map(toVector)
  })
  return { calls, embed, sizes: () => calls.map(({ length }) => length) }
}

const timeout = () => new ItemError('timeout', 'retry', 'no answer within 20 s')

test('a batch that times out is repeated in halves, and later batches have the size that succeeded', async () => {
  const { embed, calls, sizes } = startServer((texts) => (texts.length > 8 ? timeout() : undefined))
  const texts = createTexts(40)
  expect(await embed(texts, never)).toEqual(texts.map(toVector))
  expect(sizes()).toEqual([32, 16, 8, 8, 16, 8, 8, 8])
  calls.length = 0
  await embed(texts, never)
  expect(sizes()).toEqual([8, 8, 8, 8, 8])
})

test('a text that is too long for the model is shortened, and the next batches keep their size', async () => {
  const { embed, calls, sizes } = startServer((texts) =>
    texts.some(({ length }) => length > 1_000)
      ? new ItemError('context_too_long', 'fail', 'at most 256 tokens')
      : undefined,
  )
  const vectors = await embed([...createTexts(3), 'x'.repeat(6_000)], never)
  expect(vectors.map(([length]) => length)).toEqual([6, 6, 6, 750])
  calls.length = 0
  await embed(createTexts(32), never)
  expect(sizes()).toEqual([32])
})

test('a fault that has nothing to do with the size fails the call at once', async () => {
  const refused = new ItemError('provider_auth', 'pause-scan', 'the key was refused')
  const { embed, sizes } = startServer(() => refused)
  await expect(embed(createTexts(40), never)).rejects.toBe(refused)
  expect(sizes()).toEqual([32])
})

test('a text that fails by itself fails the call, and no text is shortened to nothing', async () => {
  const invalid = startServer(() => new ItemError('provider_error', 'fail', 'invalid input'))
  await expect(invalid.embed(createTexts(4), never)).rejects.toThrow('invalid input')
  expect(invalid.sizes()).toEqual([4, 2, 1])
  const tiny = startServer(() => new ItemError('context_too_long', 'fail', 'too long'))
  await expect(tiny.embed(['x'.repeat(1_000)], never)).rejects.toThrow('too long')
  expect(tiny.calls.flat().map(({ length }) => length)).toEqual([1_000, 500, 400])
})
