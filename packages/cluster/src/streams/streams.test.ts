import { expect, test } from 'vitest'
import { mapStream } from './map-stream.ts'
import { mergeStreams } from './merge-streams.ts'

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of stream) all.push(one)
  return all
}

async function* numbers(...values: number[]): AsyncGenerator<number> {
  for (const value of values) yield await Promise.resolve(value)
}

test('mapStream yields results as they arrive, with a limited number of concurrent calls', async () => {
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>())
  let running = 0
  let most = 0
  const stream = mapStream([0, 1, 2, 3], 2, async (index) => {
    most = Math.max(most, ++running)
    await gates[index]?.promise
    running--
    return index
  })
  gates[1]?.resolve()
  expect((await stream.next()).value).toBe(1)
  for (const gate of gates) gate.resolve()
  expect((await collect(stream)).toSorted((a, b) => a - b)).toEqual([0, 2, 3])
  expect(most).toBe(2)
})

test('the first rejection ends mapStream, and later ones are not unhandled', async () => {
  const stream = mapStream([1, 2, 3], 3, (value) => Promise.reject(new Error(`no ${value}`)))
  await expect(collect(stream)).rejects.toThrow('no 1')
})

test('mergeStreams yields all values of all streams', async () => {
  const merged = await collect(mergeStreams([numbers(1, 2, 3), numbers(), numbers(4)]))
  expect(merged.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4])
})

test('all merged streams end when one fails or the reader stops', async () => {
  let ended = 0
  async function* endless(): AsyncGenerator<number> {
    try {
      for (;;) yield await Promise.resolve(0)
    } finally {
      ended++
    }
  }
  async function* failing(): AsyncGenerator<number> {
    yield await Promise.reject(new Error('broken'))
  }
  await expect(collect(mergeStreams([endless(), failing()]))).rejects.toThrow('broken')
  for await (const _ of mergeStreams([endless()])) break
  await expect.poll(() => ended).toBe(2)
})
