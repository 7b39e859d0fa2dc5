import { expect, test } from 'vitest'
import { batchCalls } from './join-calls.ts'

test('calls of one turn and one name are one step, in their order, of no more than the most', async () => {
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

test('what is asked for while a step is under way is one step after it', async () => {
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

test('a step that fails is told to each of its callers and to nobody else', async () => {
  const fail = batchCalls(10, async (name: string, items: number[]) => {
    if (name === 'bad') throw new Error('no')
    return items
  })
  const outcomes = await Promise.allSettled([fail('bad', 1), fail('bad', 2), fail('good', 3)])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
})

test('a reply that is missing is an error of its caller alone', async () => {
  const one = batchCalls(10, async (_name: string, items: number[]) => items.slice(0, 1))
  const outcomes = await Promise.allSettled([one('a', 1), one('a', 2)])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
})
