import { expect, test } from 'vitest'
import { batchCalls } from './batch-calls.ts'

test('calls with one name in one turn run as ordered batches of at most the maximum size', async () => {
  const steps: [string, number[]][] = []
  const double = batchCalls(2, async (name: string, items: number[]) => {
    steps.push([name, items])
    return items.map((item) => 2 * item)
  })
  const asked = [double('a', 1), double('b', 2), double('a', 3), double('a', 4)]
  expect(await Promise.all(asked)).toEqual([2, 4, 6, 8])
  expect(steps).toEqual([
    ['a', [1, 3]],
    ['b', [2]],
    ['a', [4]],
  ])
  expect(await double('a', 5)).toBe(10)
})

test('calls made while a batch runs form the next batch', async () => {
  const steps: number[][] = []
  const firstRuns = Promise.withResolvers<void>()
  const firstMayEnd = Promise.withResolvers<void>()
  const join = batchCalls(10, async (_name: string, items: number[]) => {
    steps.push(items)
    firstRuns.resolve()
    await firstMayEnd.promise
    return items
  })
  const asked = [join('a', 1)]
  await firstRuns.promise
  asked.push(join('a', 2))
  await new Promise((resolve) => setImmediate(resolve))
  asked.push(join('a', 3))
  firstMayEnd.resolve()
  expect(await Promise.all(asked)).toEqual([1, 2, 3])
  expect(steps).toEqual([[1], [2, 3]])
})

test('a failed batch rejects the calls of that batch only', async () => {
  const fail = batchCalls(10, async (name: string, items: number[]) => {
    if (name === 'bad') throw new Error('no')
    return items
  })
  const outcomes = await Promise.allSettled([fail('bad', 1), fail('bad', 2), fail('good', 3)])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
})

test('an error in the place of a reply rejects only its own call', async () => {
  const some = batchCalls(10, async (_name: string, items: number[]) =>
    items.map((item) => (item === 2 ? new Error('no') : item)),
  )
  const outcomes = await Promise.allSettled([some('a', 1), some('a', 2), some('a', 3)])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('a missing reply rejects only its own call', async () => {
  const one = batchCalls(10, async (_name: string, items: number[]) => items.slice(0, 1))
  const outcomes = await Promise.allSettled([one('a', 1), one('a', 2)])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
})
