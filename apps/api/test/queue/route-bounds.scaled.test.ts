import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { Problem } from '@capstan/shared/contract/problem'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { connectRedis } from '@capstan/redis/connect'
import { subscribeToRouteEvents } from '@capstan/scan-store/reconcile/subscribe-to-route-events'
import { until } from '@capstan/testkit/until'
import { scaled } from '@capstan/testkit/scaled'
import { parseTokens } from '../../src/access/tokens.ts'
import { startRig, type ApiRig, type RigOptions } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'

const OPENAI = { provider: 'openai', model: 'gpt-test' } as const
const BOUNDS = { maxLive: 32, maxPerToken: 8 }
const STARTS = scaled(500, 10_000)
const AT_ONCE = 50

const as = (token: string) => ({ authorization: `Bearer token-of-${token}-0123456789` })

function rigWithTokens(options: RigOptions = {}): Promise<ApiRig> {
  const { clusters } = literalClusters(['Kafka'])
  const tokens = parseTokens('a:scan:token-of-a-0123456789,b:scan:token-of-b-0123456789')
  return startRig({ clusters, tokens, defaults: OPENAI, bounds: BOUNDS, ...options })
}

function start(rig: ApiRig, token: string, json: object, headers = {}): Promise<Response> {
  return rig.ask('/api/v1/scans', { json, headers: { ...as(token), ...headers } })
}

async function startedBy(rig: ApiRig, model: string, token = 'a'): Promise<string> {
  const response = await start(rig, token, { model, onConflict: 'parallel' })
  expect(response.status).toBe(202)
  return Scan.parse(await response.json()).id
}

/** Bytes of all Redis keys of the installation. */
async function usedBytes({ redis: { url, keys } }: ApiRig): Promise<number> {
  const redis = new Redis(url)
  let sum = 0
  const pages = redis.scanStream({ match: `${keys.prefix}:*`, count: 1_000 })
  for await (const page of pages as AsyncIterable<string[]>) {
    for (const key of page) sum += (await redis.memory('USAGE', key)) ?? 0
  }
  redis.disconnect()
  return sum
}

test('thousands of starts with invented models by one token use no more memory, routes and connections than a hundred', async () => {
  const rig = await rigWithTokens({ postsPerMinute: 1_000_000, forecast: true })
  const { deps } = rig
  let opened = 0
  const connect = (): Redis => {
    opened += 1
    return connectRedis(rig.redis.url, 'blocking', () => undefined)
  }
  const follower = subscribeToRouteEvents({ ...deps, connect })
  onTestFinished(() => follower.stop())
  const statuses = new Map<number, number>()
  const flood = async (from: number, to: number): Promise<void> => {
    for (let first = from; first < to; first += AT_ONCE) {
      const models = Array.from({ length: AT_ONCE }, (_, index) => `invented-${first + index}`)
      const answers = await Promise.all(
        models.map((model) => start(rig, 'a', { model }, { 'idempotency-key': `key-${model}` })),
      )
      for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1)
      await Promise.all(answers.map((answer) => answer.arrayBuffer()))
    }
  }
  const providers = async (): Promise<string> =>
    (await rig.ask('/api/v1/providers', { headers: as('a') })).text()
  await flood(0, 100)
  const [bytes, listed] = [await usedBytes(rig), await providers()]
  await flood(100, STARTS)
  expect([...statuses].toSorted(([a], [b]) => a - b)).toEqual([
    [202, BOUNDS.maxPerToken],
    [503, STARTS - BOUNDS.maxPerToken],
  ])
  expect(await deps.routes.live()).toHaveLength(BOUNDS.maxPerToken)
  expect(await usedBytes(rig)).toBeLessThan(bytes * 1.1)
  expect((await providers()).length).toBeLessThan(listed.length * 1.1)
  await until('a reader for each route', () => opened >= BOUNDS.maxPerToken || undefined)
  expect(opened).toBe(BOUNDS.maxPerToken)
  await startedBy(rig, 'own-model', 'b')
  await startedBy(rig, OPENAI.model, 'a')
})

test('a start that is rejected by the bound on routes has Retry-After and releases its Idempotency-Key', async () => {
  const rig = await rigWithTokens({ bounds: { maxLive: 32, maxPerToken: 1 } })
  const first = await startedBy(rig, 'first')
  const key = { 'idempotency-key': 'the-same-key' }
  const refused = await start(rig, 'a', { model: 'second' }, key)
  expect(refused.status).toBe(503)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(Problem.parse(await refused.json())).toMatchObject({
    code: 'OVERLOADED',
    retryable: true,
    hint: expect.stringContaining('CAPSTAN_ROUTES_PER_CALLER') as string,
  })
  await rig.deps.journal.cancel(first, 'test')
  const accepted = await start(rig, 'a', { model: 'second' }, key)
  expect(accepted.status).toBe(202)
  expect(accepted.headers.get('idempotency-replayed')).toBeNull()
})

test('a start beyond the bound closes idle routes first and is rejected only while all routes are in use', async () => {
  const rig = await rigWithTokens({ bounds: { maxLive: 2, maxPerToken: 8 } })
  const first = await startedBy(rig, 'first')
  await startedBy(rig, 'second')
  const refused = await start(rig, 'b', { model: 'third' })
  expect(refused.status).toBe(503)
  expect(await refused.json()).toMatchObject({
    code: 'OVERLOADED',
    hint: expect.stringContaining('CAPSTAN_MAX_ROUTES') as string,
  })
  await rig.deps.journal.cancel(first, 'test')
  await startedBy(rig, 'third', 'b')
  const live = await rig.deps.routes.live()
  expect(live.map(({ model }) => model).toSorted()).toEqual(['second', 'third'])
})

test('resume and retry close idle routes as well, and answer 503 while all are in use', async () => {
  const bounds = { maxLive: 32, maxPerToken: 8 }
  const rig = await rigWithTokens({ bounds, planner: true })
  const { journal, planQueue, routes } = rig.deps
  const control = (id: string, verb: string) =>
    rig.ask(`/api/v1/scans/${id}/${verb}`, { json: {}, headers: as('a') })
  const countPlanJobs = () => planQueue.getJobCountByTypes('wait', 'active', 'delayed')
  const planned = async (model: string): Promise<string> => {
    const id = await startedBy(rig, model)
    // The planner adds the jobs after the plan, so its job ends last.
    await until('the end of the planner', async () => {
      const isPlanned = (await journal.scan(id))?.progress.total === 1
      return (isPlanned && (await countPlanJobs()) === 0) || undefined
    })
    return id
  }
  const paused = await planned('first')
  expect((await control(paused, 'pause')).status).toBe(202)
  const canceled = await planned('second')
  expect((await control(canceled, 'cancel')).status).toBe(202)
  const retry = { json: { only: ['kafkas.example.com'] }, headers: as('a') }
  for (const { queue } of await routes.live()) expect(await routes.closeIfIdle(queue)).toBe(true)
  const busy = await planned('third')
  bounds.maxLive = 1
  for (const refused of [
    await control(paused, 'resume'),
    await rig.ask(`/api/v1/scans/${canceled}/retry`, retry),
  ]) {
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ code: 'OVERLOADED', retryable: true })
  }
  expect((await control(busy, 'cancel')).status).toBe(202)
  expect((await control(paused, 'resume')).status).toBe(202)
  await control(paused, 'cancel')
  expect((await rig.ask(`/api/v1/scans/${canceled}/retry`, retry)).status).toBe(202)
})
