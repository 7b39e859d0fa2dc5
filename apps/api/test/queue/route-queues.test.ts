import { Worker } from 'bullmq'
import { expect, onTestFinished, test } from 'vitest'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { parseLimits } from '@capstan/limits/limiter/parse-limits'
import { pauseRoute } from '@capstan/scan-store/queue/pause-route'
import { setGuard, UNLIMITED_GUARD } from '@capstan/scan-store/queue/route-guard'
import { buildWorkerSettings } from '@capstan/scan-store/queue/worker-settings'
import { testRedis } from '@capstan/testkit/redis'
import { QueueStatus } from '@capstan/shared/contract/queue/queue-status'
import { maintainRoutes } from '../../src/queue/maintain-routes.ts'
import { announceTestWorker } from '../support/announce-test-worker.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { scanMaker } from '../support/scan-maker.ts'
import { openSse } from '../support/sse-client.ts'

const OPENAI = { provider: 'openai' as const, model: 'gpt-x' }
const account = (name: string) => ({ ...OPENAI, name, weight: 1 })

async function readQueueStatus(rig: ApiRig): Promise<QueueStatus> {
  return QueueStatus.parse(await (await rig.ask('/api/v1/queue')).json())
}

/** A planned scan with openai; its jobs are in the queue of its route. */
async function startScan(rig: ApiRig, names = ['a.example.com']): Promise<string> {
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open('test', {}, OPENAI)
  await maker.plan(id, names)
  await maker.giveJobs(rig.deps, id)
  return id
}

function keep(rig: ApiRig, idleMs = 3_600_000): void {
  const keeper = maintainRoutes(rig.deps, { idleMs })
  onTestFinished(() => keeper.stop())
}

/** Stores the limits of accounts, as workers do before a first call. */
async function stateLimits(rig: ApiRig, stated: Record<string, string>): Promise<void> {
  const { redis, keys } = rig.deps
  for (const [name, text] of Object.entries(stated)) {
    const { perMinute } = parseLimits(text)
    const limits = { perMinute, cachedTokensCount: true, concurrency: { start: 4, max: 4 } }
    const limiter = openLimiter({ redis, keys, limitsFor: () => limits })
    await limiter.configure({ account: name, model: OPENAI.model }, limits)
  }
}

const guard = async (rig: ApiRig) => (await readQueueStatus(rig)).routes[0]?.rateLimit?.max ?? null

test('GET /queue shows each live route with its jobs, its pause and its workers', async () => {
  const rig = await startRig()
  const { redis, keys } = rig.deps
  await announceTestWorker(rig, { id: 'w', providers: [OPENAI], concurrency: 4 })
  await startScan(rig, ['a.example.com', 'b.example.com'])
  const queue = 'infer-openai-gpt-x'
  await setGuard({ redis, keys, queue }, 50)
  const cause = {
    account: 'main',
    model: 'gpt-x',
    because: 'OpenAI rate-limited the call (429): daily quota',
  }
  await pauseRoute(redis, keys, { queue, forMs: 86_400_000, ...cause })
  const status = await readQueueStatus(rig)
  expect(status).toMatchObject({
    paused: false,
    backlog: 2,
    counts: { prioritized: 2 },
    providers: [{ provider: 'openai', backlog: 2, workers: 1 }],
  })
  expect(status.routes).toMatchObject([
    {
      queue,
      ...OPENAI,
      backlog: 2,
      rateLimit: { max: 50, boundForMs: 0 },
      pause: cause,
      workers: 1,
    },
  ])
  const leftMs = Date.parse(status.routes[0]?.pause?.until ?? '') - Date.now()
  expect(leftMs).toBeGreaterThan(86_000_000)
})

test('desiredWorkers is the maximum over routes, because a process has separate slots on each route', async () => {
  const rig = await startRig()
  await announceTestWorker(rig, { id: 'w', providers: [OPENAI], concurrency: 2 })
  await startScan(
    rig,
    Array.from({ length: 5 }, (_, n) => `t${n}.example.com`),
  )
  const other = await scanMaker(rig.deps.journal).open('test', {}, { ...OPENAI, model: 'gpt-y' })
  await scanMaker(rig.deps.journal).plan(other, ['a.example.com', 'b.example.com'])
  await scanMaker(rig.deps.journal).giveJobs(rig.deps, other)
  const { desiredWorkers, routes, providers } = await readQueueStatus(rig)
  expect(routes.map((route) => route.desiredWorkers)).toEqual([3, 1])
  expect(desiredWorkers).toBe(3)
  expect(providers).toMatchObject([{ provider: 'openai', backlog: 7, desiredWorkers: 3 }])
})

test('a pause of the queues is stored and applies to routes that open later', async () => {
  const rig = await startRig()
  keep(rig)
  expect((await rig.ask('/api/v1/queue/pause', { method: 'POST' })).status).toBe(200)
  await startScan(rig)
  const queue = rig.deps.queues.get(OPENAI)
  await expect.poll(() => queue.isPaused()).toBe(true)
  expect(await readQueueStatus(rig)).toMatchObject({ paused: true, desiredWorkers: 0 })
  await rig.ask('/api/v1/queue/resume', { method: 'POST' })
  expect(await queue.isPaused()).toBe(false)
})

test('the rate limit of a queue is the sum of the limits of the accounts of all live workers', async () => {
  const rig = await startRig()
  await startScan(rig)
  await stateLimits(rig, { main: 'rpm=60', eu: 'rpm=600' })
  await announceTestWorker(rig, { id: 'one', providers: [OPENAI], accounts: [account('main')] })
  const second = await announceTestWorker(rig, {
    id: 'two',
    providers: [OPENAI],
    accounts: [account('main'), account('eu')],
  })
  keep(rig)
  // 60 a minute and a burst of 10 s, minus the reserve for calls that arrive together.
  await expect.poll(() => guard(rig)).toBe(60 + 10 + 600 + 95)
  await second.stop()
  await expect.poll(() => guard(rig)).toBe(60 + 10)
})

test('the rate limit of a queue does not apply while the limit of an account is unknown, and applies once it is learned', async () => {
  const rig = await startRig()
  await startScan(rig)
  await stateLimits(rig, { main: 'rpm=60', eu: 'itpm=1000' })
  const accounts = [account('main'), account('eu')]
  await announceTestWorker(rig, { id: 'one', providers: [OPENAI], accounts })
  const { redis, keys } = rig.deps
  const queue = 'infer-openai-gpt-x'
  await setGuard({ redis, keys, queue }, 20)
  keep(rig)
  await expect
    .poll(() => redis.hget(`${keys.bullPrefix}:${queue}:meta`, 'max'))
    .toBe(String(UNLIMITED_GUARD))
  expect(await guard(rig)).toBeNull()
  const limiter = openLimiter({
    redis,
    keys,
    limitsFor: () => ({
      perMinute: {},
      cachedTokensCount: true,
      concurrency: { start: 4, max: 4 },
    }),
  })
  const requests = { limit: 120, remaining: 120, roundedTo: 1 }
  await limiter.observe({ account: 'eu', model: OPENAI.model }, { requests })
  await expect.poll(() => guard(rig)).toBe(60 + 10 + 120 + 19)
})

test('an idle route is closed, and its empty queue is removed', async () => {
  const rig = await startRig()
  const id = await startScan(rig)
  keep(rig, 0)
  await rig.ask(`/api/v1/scans/${id}/cancel`, { json: {} })
  await expect.poll(async () => (await readQueueStatus(rig)).routes).toEqual([])
  const { redis, keys } = rig.deps
  await expect.poll(() => redis.hlen(keys.closedRoutes)).toBe(0)
  expect(await redis.exists(`${keys.bullPrefix}:infer-openai-gpt-x:meta`)).toBe(0)
})

async function throttle(rig: ApiRig, id: string): Promise<Scan['throttle']> {
  return ((await (await rig.ask(`/api/v1/scans/${id}`)).json()) as Scan).throttle
}

test('`throttle` of a scan reports a missing worker, a pause by an operator and a pause of its route', async () => {
  const rig = await startRig({ forecast: true })
  const { redis, keys } = rig.deps
  const id = await startScan(rig)
  const nothing = { account: null, model: 'gpt-x', until: null, fault: null }
  expect(await throttle(rig, id)).toEqual({
    ...nothing,
    because: 'no worker with credentials for openai is online',
  })
  await announceTestWorker(rig, { id: 'w', providers: [OPENAI] })
  await expect.poll(() => throttle(rig, id)).toBeNull()
  await rig.ask('/api/v1/queue/pause', { method: 'POST' })
  await expect
    .poll(() => throttle(rig, id))
    .toMatchObject({ ...nothing, because: expect.stringContaining('an operator has paused') })
  await rig.ask('/api/v1/queue/resume', { method: 'POST' })
  const cause = { account: 'main', model: 'gpt-x', because: 'slow down' }
  const queue = 'infer-openai-gpt-x'
  await setGuard({ redis, keys, queue }, UNLIMITED_GUARD)
  await pauseRoute(redis, keys, { queue, forMs: 60_000, ...cause })
  await expect.poll(() => throttle(rig, id)).toMatchObject({ ...cause, until: expect.any(String) })
  await rig.ask('/api/v1/providers/openai/resume', { json: {} })
  await expect.poll(() => throttle(rig, id)).toBeNull()
})

test('readers of a scan get queue events of its route as live frames without an id, and none of other routes', async () => {
  const rig = await startRig()
  const id = await startScan(rig)
  const sse = await openSse(`${rig.url}/api/v1/scans/${id}/events`)
  await sse.next(({ type }) => type === 'scan.progress')
  const queue = 'infer-openai-gpt-x'
  const pause = {
    account: 'main',
    model: 'gpt-x',
    because: 'slow down',
    untilMs: 1_800_000_000_000,
  }
  const { routeEvents } = rig.deps
  routeEvents.publish({ type: 'paused', queue: 'infer-openai-other', pause })
  routeEvents.publish({ type: 'stalled', queue, scanId: 'another', resource: 'b.example.com' })
  routeEvents.publish({ type: 'paused', queue, pause })
  routeEvents.publish({ type: 'stalled', queue, scanId: id, resource: 'a.example.com' })
  routeEvents.publish({ type: 'paused', queue, pause: null })
  routeEvents.publish({ type: 'resumed', queue })
  await sse.next(({ type }) => type === 'queue.resumed')
  const live = sse.events.filter(({ type }) => /^queue\.|stalled$/.test(type))
  expect(live.map(({ type, id: eventId }) => [type, eventId])).toEqual([
    ['queue.paused', ''],
    ['resource.stalled', ''],
    ['queue.paused', ''],
    ['queue.resumed', ''],
  ])
  expect(live[0]?.data).toMatchObject({
    scanId: id,
    route: queue,
    until: '2027-01-15T08:00:00.000Z',
    reason: 'slow down',
  })
  expect(live[1]?.data).toMatchObject({ resource: 'a.example.com' })
  expect(live[2]?.data).toMatchObject({ until: null, reason: expect.stringContaining('operator') })
  sse.leave()
})

test('two APIs and three workers share the rate limit of a queue', async () => {
  const redis = testRedis()
  const [rig, other] = [await startRig({ redis }), await startRig({ redis })]
  await stateLimits(rig, { main: 'rpm=60' })
  await announceTestWorker(rig, { id: 'one', providers: [OPENAI], accounts: [account('main')] })
  for (const one of [rig, other]) keep(one)
  const names = Array.from({ length: 100 }, (_, n) => `t${n}.example.com`)
  await startScan(rig, names)
  await expect.poll(() => guard(rig)).toBe(70)
  let started = 0
  const { queues, redis: connection, keys } = rig.deps
  for (const name of ['one', 'two', 'three']) {
    // A cached answer needs no token bucket and releases no start.
    const worker = new Worker(queues.get(OPENAI).name, async () => void (started += 1), {
      connection: connection.duplicate({ maxRetriesPerRequest: null }),
      prefix: keys.bullPrefix,
      concurrency: 10,
      name,
      ...buildWorkerSettings(),
    })
    worker.on('error', () => undefined)
    onTestFinished(() => worker.close())
  }
  await expect
    .poll(async () => (await readQueueStatus(other)).routes[0]?.rateLimit?.boundForMs)
    .toBeGreaterThan(0)
  expect(started).toBe(70)
  const metrics = await (await other.ask('/metrics')).text()
  expect(metrics).toContain('capstan_queue_rate_limit{route="infer-openai-gpt-x"} 70')
})
