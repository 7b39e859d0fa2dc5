import { expect, test } from 'vitest'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { setGuard } from '@capstan/scan-store/queue/route-guard'
import type { Route } from '@capstan/scan-store/routes/route'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { HELD_LIMITS, holdLine } from './hold-line.ts'
import { KEY, runWorker, spawnWorker } from './run-worker.ts'

const TEST_ROUTE = { provider: 'anthropic', model: 'test-model' } as const
const types = (count: number, name = 'Type') =>
  Array.from({ length: count }, (_, index) => makeDefinition(`${name}${index}`))

/** Far above what a test starts, and narrow enough to be counted. */
const MAX = 1_000

/** A route with a guard, made before a worker opens it: a worker reads the guard when it opens the route. */
async function guard(rig: ScanRig, route: Route, max = MAX): Promise<void> {
  const { redis, keys } = rig
  await setGuard({ redis, keys, queue: rig.queues.get(route).name }, max)
}

/** The count of the route guard in this window. */
async function counted(rig: ScanRig, route: Route = TEST_ROUTE): Promise<number> {
  return Number((await rig.redis.get(rig.queues.get(route).toKey('limiter'))) ?? 0)
}

async function start(config: SimConfigInput = {}, change: Record<string, string> = {}) {
  const rig = openScanRig()
  const sim = await testProviderSim(config)
  await guard(rig, TEST_ROUTE)
  await runWorker(rig, sim, change)
  return { rig, sim }
}

test('the rate limit of a queue counts one job start for each call', async () => {
  const { rig, sim } = await start()
  await rig.ended(await rig.scan(types(20), TEST_ROUTE))
  expect(sim.stats().calls).toBe(20)
  expect(await counted(rig)).toBe(20)
})

test('the rate limit of a queue applies when the token buckets admit everything', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim()
  await guard(rig, TEST_ROUTE, 8)
  // No limits are stated, and the provider names none.
  await runWorker(rig, sim)
  await rig.scan(types(30), TEST_ROUTE)
  const queue = rig.queues.get(TEST_ROUTE)
  await until('a bound guard', async () => ((await queue.getRateLimitTtl()) > 0 ? true : undefined))
  await until('eight answers', () => (sim.stats().calls === 8 ? true : undefined))
  expect(await queue.getJobCountByTypes('prioritized')).toBe(22)
})

test('the queues of two models of one account have separate rate limits', async () => {
  const { rig, sim } = await start()
  const other = { ...TEST_ROUTE, model: 'other-model' }
  await guard(rig, other)
  const ids = [await rig.scan(types(7), TEST_ROUTE), await rig.scan(types(5), other)]
  for (const id of ids) await rig.ended(id)
  expect(sim.stats().calls).toBe(12)
  expect([await counted(rig), await counted(rig, other)]).toEqual([7, 5])
})

test('two workers with different accounts share the rate limit of a queue', async () => {
  const { rig, sim } = await start()
  const account = { name: 'eu', provider: 'anthropic', apiKey: KEY, baseUrl: sim.url }
  await runWorker(rig, undefined, { CAPSTAN_ACCOUNTS: JSON.stringify([account]) })
  await rig.ended(await rig.scan(types(30), TEST_ROUTE))
  expect(sim.stats().calls).toBe(30)
  expect(await counted(rig)).toBe(30)
})

test('the job start of an attempt with a stored answer is refunded', async () => {
  const { rig, sim } = await start()
  await rig.ended(await rig.scan(types(10), TEST_ROUTE))
  const again = await rig.ended(await rig.scan(types(10), TEST_ROUTE))
  expect(again.usage.cacheHits).toBe(10)
  expect(sim.stats().calls).toBe(10)
  expect(await counted(rig)).toBe(10)
})

test('a type with a repair counts as one job start although it makes two calls', async () => {
  const { rig, sim } = await start({ faults: [{ kind: 'broken-text', attempt: 1 }] })
  await rig.ended(await rig.scan(types(6), TEST_ROUTE))
  expect(sim.stats().calls).toBe(12)
  expect(await counted(rig)).toBe(6)
})

test('a retried type counts as one job start for each attempt', async () => {
  const { rig, sim } = await start({ faults: [{ kind: 'server-error', times: 3 }] })
  await rig.ended(await rig.scan(types(6), TEST_ROUTE))
  expect(sim.stats().calls).toBe(9)
  expect(await counted(rig)).toBe(9)
})

test('the job starts of types that a fallback model answers are refunded', async () => {
  const rig = openScanRig()
  const pause = { kind: 'rate-limited', retryAfter: 86_400, times: 1 } as const
  const [own, other] = [await testProviderSim({ faults: [pause] }), await testProviderSim()]
  await guard(rig, TEST_ROUTE)
  await runWorker(rig, own, {
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: `${other.url}/v1`,
    CAPSTAN_FALLBACK: 'openai/gpt-6-luna',
    CAPSTAN_FALLBACK_AFTER_MS: '3600000',
    CAPSTAN_CONCURRENCY: '1',
  })
  await rig.ended(await rig.scan(types(12), TEST_ROUTE))
  expect(other.stats().calls).toBe(12)
  // One call went to the route's own model before it was paused.
  expect(await counted(rig)).toBe(1)
})

test('a shared call counts as one job start, and the others are refunded when it is sent', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ limits: { inputTokensPerMinute: 60_000 } })
  await guard(rig, TEST_ROUTE)
  await runWorker(rig, sim, {
    ANTHROPIC_LIMITS: HELD_LIMITS.anthropic,
    CAPSTAN_TYPES_PER_CALL: '8',
  })
  const release = await holdLine(rig, 'anthropic')
  const answer = sim.hold({ matching: 'Type' })
  const scanId = await rig.scan(types(8), TEST_ROUTE)
  await until('eight types that wait', async () =>
    (await rig.journal.scan(scanId))?.progress.running === 8 ? true : undefined,
  )
  expect(await counted(rig)).toBe(8)
  await release()
  await until('the shared call', () => (sim.stats().inFlight === 1 ? true : undefined))
  await expect.poll(() => counted(rig)).toBe(1)
  answer()
  await rig.ended(scanId)
  expect(sim.stats().calls).toBe(1)
  expect(await counted(rig)).toBe(1)
})

test('the job start of a requeued attempt is refunded at once, that of a killed one when the window ends', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim()
  await guard(rig, TEST_ROUTE)
  const settings = { ANTHROPIC_LIMITS: HELD_LIMITS.anthropic }
  const leaving = await spawnWorker(rig, sim, settings)
  await holdLine(rig, 'anthropic')
  const scanId = await rig.scan(types(6), TEST_ROUTE)
  const running = (count: number) =>
    until(`${count} types that wait for admission`, async () =>
      (await rig.journal.scan(scanId))?.progress.running === count ? true : undefined,
    )
  await running(6)
  expect(await counted(rig)).toBe(6)
  await leaving.stop('SIGTERM')
  expect(await counted(rig)).toBe(0)
  const victim = await spawnWorker(rig, sim, settings)
  await running(6)
  await victim.stop('SIGKILL')
  expect(await counted(rig)).toBe(6)
  expect(await rig.redis.pttl(rig.queues.get(TEST_ROUTE).toKey('limiter'))).toBeLessThanOrEqual(
    60_000,
  )
})
