import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openDueChanges } from './due-changes.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface Processed {
  scanIds: string[]
  after: string
}

function collect() {
  const processed: Processed[] = []
  const due = openDueChanges({
    process: async (scanIds, { after }) => {
      processed.push({ scanIds, after })
    },
    onError: () => undefined,
  })
  return { processed, due }
}

test('the position does not pass a change that is not processed yet', async () => {
  const { processed, due } = collect()
  due.add('slow', 30, '1-0')
  due.add('fast', 0, '2-0')
  due.start('0-1')
  await vi.advanceTimersByTimeAsync(29)
  expect(processed).toEqual([{ scanIds: ['fast'], after: '0-1' }])
  expect(due.position()).toBe('0-1')
  await vi.advanceTimersByTimeAsync(1)
  expect(processed.at(-1)).toEqual({ scanIds: ['slow'], after: '2-0' })
  due.close()
})

test('changes of one scan that are due together are processed once', async () => {
  const { processed, due } = collect()
  for (const id of ['1-0', '2-0', '3-0']) due.add('a', 0, id)
  due.add('b', 0)
  due.start('0-1')
  await vi.advanceTimersByTimeAsync(0)
  expect(processed).toEqual([{ scanIds: ['a', 'b'], after: '3-0' }])
  due.close()
})

test('earlier changes precede those that were added before the start', async () => {
  const { processed, due } = collect()
  due.add('new', 0, '2-0')
  due.start('0-1', [{ id: '1-0', scanId: 'early', delayMs: 30 }])
  await vi.advanceTimersByTimeAsync(0)
  expect(processed).toEqual([{ scanIds: ['new'], after: '0-1' }])
  await vi.advanceTimersByTimeAsync(30)
  expect(processed.at(-1)).toEqual({ scanIds: ['early'], after: '2-0' })
  due.close()
})

test('nothing is processed after a failure', async () => {
  const failures: unknown[] = []
  let calls = 0
  const due = openDueChanges({
    process: async () => {
      calls += 1
      throw new Error('Redis is unreachable')
    },
    onError: (error) => failures.push(error),
  })
  due.start('0-1')
  due.add('a', 0, '1-0')
  await vi.advanceTimersByTimeAsync(0)
  due.add('a', 0, '2-0')
  await vi.advanceTimersByTimeAsync(1)
  expect(failures).toMatchObject([{ message: 'Redis is unreachable' }])
  expect(calls).toBe(1)
  expect(due.position()).toBe('0-1')
})
