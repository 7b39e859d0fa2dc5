import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import type { RegisteredRoute } from '@capstan/scan-store/routes/route-registry'
import { watchConsumption, type LivenessDeps } from './liveness.ts'

const SLOW: RegisteredRoute = { queue: 'infer-openai-slow', provider: 'openai', model: 'slow' }
const FAST: RegisteredRoute = { queue: 'infer-openai-fast', provider: 'openai', model: 'fast' }

interface Facts {
  status?: Redis['status']
  live?: RegisteredRoute[]
  waiting?: number
  isPaused?: boolean
  limitedMs?: number
  blockedMs?: number
  /** Routes that were opened, and how long ago something happened on them. */
  opened?: Record<string, number>
  fails?: boolean
}

/** The inputs of the watchdog, for a process that serves openai alone. */
function facts(given: Facts): LivenessDeps {
  const { status = 'ready', live = [SLOW], waiting = 3, opened = { [SLOW.queue]: 60_000 } } = given
  const queue = {
    isPaused: async () => given.isPaused ?? false,
    getRateLimitTtl: async () => given.limitedMs ?? 0,
    getJobCountByTypes: async () => waiting,
  }
  const find = (name: string) => {
    const agoMs = opened[name]
    return agoMs === undefined ? undefined : { lastActivityAt: () => performance.now() - agoMs }
  }
  return {
    redis: { status },
    routes: { live: async () => (given.fails ? Promise.reject(new Error('gone')) : live) },
    queues: { getByName: () => queue as never },
    consumers: { opened: find as never },
    serves: ({ provider }) => provider === 'openai',
    blockedMs: async () => given.blockedMs ?? 0,
  }
}

test('a process is not alive when jobs of a route wait and it starts none', async () => {
  expect(await watchConsumption(facts({}), 30_000)()).toBe(false)
  expect(await watchConsumption(facts({}), 90_000)()).toBe(true)
})

test('activity on one route does not hide a route without activity', async () => {
  const opened = { [SLOW.queue]: 60_000, [FAST.queue]: 0 }
  expect(await watchConsumption(facts({ live: [FAST, SLOW], opened }), 30_000)()).toBe(false)
})

test('a route that was announced but never opened counts as idle from when it is first seen', async () => {
  expect(await watchConsumption(facts({ opened: {} }), 0)()).toBe(false)
  expect(await watchConsumption(facts({ opened: {} }), 30_000)()).toBe(true)
})

test.each<[string, Facts]>([
  ['nothing waits', { waiting: 0 }],
  ['an operator has paused the queue', { isPaused: true }],
  ['the queue is paused by a rate limit or its guard binds', { limitedMs: 86_000_000 }],
  ['the circuit breaker of the provider is open', { blockedMs: 15_000 }],
  ['Redis is unreachable', { status: 'reconnecting' }],
  ['Redis fails to answer', { fails: true }],
  [
    'the route is of a provider that the process does not serve',
    { live: [{ ...SLOW, provider: 'anthropic' }] },
  ],
])('a process is alive although it starts nothing when %s', async (_, given) => {
  expect(await watchConsumption(facts(given), 0)()).toBe(true)
})
