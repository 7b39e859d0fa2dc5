import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { watchConsumption } from './consumption.ts'

const ready = { status: 'ready' } as Redis // all that the watchdog reads of it

function queue(waiting: number, isPaused = false) {
  return { isPaused: async () => isPaused, getJobCountByTypes: async () => waiting }
}

test('work that waits while nothing is started means that the process has to be replaced', async () => {
  const deps = { redis: ready, queue: queue(3) }
  expect(await watchConsumption(deps, 0).isAlive()).toBe(false)
  expect(await watchConsumption(deps, 60_000).isAlive()).toBe(true)
})

test.each([
  ['nothing waits', { redis: ready, queue: queue(0) }],
  ['the queue is paused', { redis: ready, queue: queue(3, true) }],
  ['Redis is away', { redis: { status: 'reconnecting' } as Redis, queue: queue(3) }],
  [
    'Redis fails to answer',
    { redis: ready, queue: { ...queue(3), isPaused: () => Promise.reject(new Error('gone')) } },
  ],
])('standing still is fine when %s', async (_, deps) => {
  expect(await watchConsumption(deps, 0).isAlive()).toBe(true)
})
