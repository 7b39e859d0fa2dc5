import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  openEndpointHealth,
  loadEndpointHealthScripts,
  type EndpointFaultClass,
  type CallFault,
  type EndpointHealth,
} from '@capstan/limits/health/endpoint-health'
import { testRedis } from '@capstan/testkit/redis'
import { luaClock, type LuaClock } from './lua-clock.ts'

const { url, keys } = testRedis()
const redis = new Redis(url)
let clock: LuaClock
let health: EndpointHealth
beforeAll(async () => {
  clock = await luaClock(redis, keys)
  health = openEndpointHealth(redis, keys, loadEndpointHealthScripts(clock.file))
})
afterAll(async () => {
  await clock.remove()
  await redis.quit()
})

const HOME = 'home'
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

let made = 0
const newRoute = () => ({
  provider: 'openai' as const,
  account: 'openai',
  model: `model-${(made += 1)}`,
})
type Route = ReturnType<typeof newRoute>

const problem = {
  reason: 'provider_error',
  kind: 'not_json',
  title: 'No',
  hint: 'Look.',
  retryable: true,
} as const
const fault = (change: Partial<CallFault> = {}): CallFault => ({
  faultClass: 'permanent',
  signature: 'a',
  problem,
  ...change,
})

/** Records `count` faults and returns the verdicts. */
async function fail(route: Route, count: number, change: Partial<CallFault> = {}, endpoint = HOME) {
  const verdicts: string[] = []
  for (let n = 0; n < count; n += 1) {
    verdicts.push((await health.recordFault(route, endpoint, fault(change))).verdict)
  }
  return verdicts
}

/** As reset-route-faults.ts, on the clock of the test. */
async function retry({ provider, model }: Route): Promise<void> {
  await redis.set(keys.routeRetried(provider, model), clock.now())
  await clock.advance(1)
}

/** Adds a lease of another call. */
async function fly({ account, model }: Route): Promise<void> {
  await redis.zadd(keys.limits(account, model, 'leases'), clock.now() + HOUR_MS, 'lease')
}

test('five identical faults lead to a verdict while other calls are in flight', async () => {
  const route = newRoute()
  await fly(route)
  const counting = Array.from({ length: 4 }, () => 'undecided')
  expect(await fail(route, 6)).toEqual([...counting, 'misconfigured', 'misconfigured'])
})

test('three identical faults lead to a verdict if no other call is in flight', async () => {
  expect(await fail(newRoute(), 3)).toEqual(['undecided', 'undecided', 'misconfigured'])
})

test('a different fault restarts the count, and twenty faults of any kind lead to a verdict', async () => {
  const route = newRoute()
  await fly(route)
  await fail(route, 4)
  expect(await fail(route, 1, { signature: 'b' })).toEqual(['undecided'])
  expect((await health.read(route)).identical).toBe(1)
  for (let n = 0; n < 14; n += 1) {
    expect(await fail(route, 1, { signature: `c${n}` })).toEqual(['undecided'])
  }
  expect(await fail(route, 1, { signature: 'd' })).toEqual(['misconfigured'])
})

test('a success resets the count, and faults count as an outage for a day', async () => {
  const route = newRoute()
  await fail(route, 2)
  await health.recordSuccess(route, HOME)
  expect(await fail(route, 9)).toEqual(Array(9).fill('outage'))
  expect(await health.read(route)).toMatchObject({
    verdict: null,
    identical: 9,
    fault: { kind: 'not_json' },
  })
  await clock.advance(24 * HOUR_MS)
  expect(await fail(route, 3)).toEqual(['undecided', 'undecided', 'misconfigured'])
})

test('faults and successes of another endpoint do not count', async () => {
  const route = newRoute()
  await health.recordSuccess(route, HOME)
  expect(await fail(route, 2, {}, 'elsewhere')).toEqual(['undecided', 'undecided'])
  expect(await fail(route, 2)).toEqual(['undecided', 'undecided'])
})

test('a count expires an hour after its last fault', async () => {
  const route = newRoute()
  await fail(route, 2)
  await clock.advance(HOUR_MS)
  expect(await fail(route, 1)).toEqual(['undecided'])
  expect((await health.read(route)).identical).toBe(1)
})

test('transient faults lead to a verdict only after the maximum time', async () => {
  const route = newRoute()
  const passing = { faultClass: 'transient' as EndpointFaultClass, maxTransientMs: 30 * MINUTE_MS }
  for (let n = 0; n < 29; n += 1) {
    expect(await fail(route, 1, passing)).toEqual(['undecided'])
    await clock.advance(MINUTE_MS)
  }
  await clock.advance(MINUTE_MS)
  expect(await fail(route, 1, passing)).toEqual(['misconfigured'])
  await retry(route)
  expect(await fail(route, 1, passing)).toEqual(['undecided'])
})

test('a refused key leads to a verdict at once, even after a success, until a call succeeds', async () => {
  const route = newRoute()
  await health.recordSuccess(route, HOME)
  expect(await fail(route, 1, { faultClass: 'refused' })).toEqual(['refused'])
  expect((await health.read(route)).verdict).toBe('refused')
  await health.recordSuccess(route, HOME)
  expect((await health.read(route)).verdict).toBeNull()
})

test('while an endpoint has a verdict, such as a refused key, one call at a time is granted, as a trial', async () => {
  const route = newRoute()
  const take = (jobAgeMs = 0) => health.acquireTrial(route, HOME, { trialMs: 30_000, jobAgeMs })
  expect(await take()).toEqual({ outcome: 'free' })
  await fail(route, 1, { faultClass: 'refused' })
  expect(await take()).toMatchObject({ outcome: 'wait', problem: { title: 'No' } })
  await redis.del(keys.endpointTrial(route.account, route.model))
  await clock.advance(100)
  // The job started before the fault.
  expect(await take(200)).toMatchObject({ outcome: 'wait' })
  expect(await take(50)).toEqual({ outcome: 'trial' })
  expect(await take()).toMatchObject({ outcome: 'wait' })
  expect(await health.acquireTrial(route, 'elsewhere', { trialMs: 30_000, jobAgeMs: 0 })).toEqual({
    outcome: 'free',
  })
  await retry(route)
  expect(await take()).toEqual({ outcome: 'free' })
})

test('the last fault stays readable after a success, and nothing is kept longer than a day', async () => {
  const route = newRoute()
  await fail(route, 3)
  await retry(route)
  const { fault: last, ...rest } = await health.read(route)
  expect(rest).toEqual({ answeredAt: null, verdict: null, identical: 0 })
  expect(last).toEqual({
    account: 'openai',
    reason: 'provider_error',
    kind: 'not_json',
    title: 'No',
    hint: 'Look.',
    at: new Date(clock.now() - 1).toISOString(),
  })
  expect(await redis.pttl(keys.endpointHealth(route.account, route.model))).toBeLessThanOrEqual(
    24 * HOUR_MS,
  )
})
