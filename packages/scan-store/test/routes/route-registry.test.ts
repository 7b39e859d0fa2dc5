import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { openJournal } from '../../src/journal/journal.ts'
import type { NewScan } from '../../src/journal/open/new-scan.ts'
import { openRouteQueues } from '../../src/queue/route-queues.ts'
import { openRouteRegistry, type RouteBounds } from '../../src/routes/route-registry.ts'
import { buildRouteQueueName } from '../../src/routes/route.ts'
import { newScan, planOf, entry, finish } from '../journal/fixtures.ts'

const BOUNDS: RouteBounds = { maxLive: 4, maxPerToken: 2, always: ['infer-demo'] }

function open(bounds: RouteBounds = BOUNDS) {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  const queues = openRouteQueues(redis, keys)
  onTestFinished(async () => {
    await queues.close()
    redis.disconnect()
  })
  const journal = openJournal(redis, keys, { routeBounds: async () => bounds })
  const routes = openRouteRegistry(redis, keys)
  const start = async (model: string, token: string, change: Partial<NewScan> = {}) => {
    const scan = { ...newScan(), provider: 'openai' as const, model, token, ...change }
    return { id: scan.id, outcome: await journal.open(scan) }
  }
  const live = async () => (await routes.live()).map(({ queue }) => queue).toSorted()
  return { redis, keys, queues, journal, routes, start, live }
}

const queueOf = (model: string): string => buildRouteQueueName({ provider: 'openai', model })
const OPENED = { outcome: 'opened' }
const byToken = { outcome: 'overloaded', bound: 'token' }
const byInstallation = { outcome: 'overloaded', bound: 'installation' }

test('opening a scan makes its route live in the same step', async () => {
  const { start, routes } = open()
  await start('gpt-x', 'a')
  expect(await routes.live()).toEqual([
    { queue: 'infer-openai-gpt-x', provider: 'openai', model: 'gpt-x' },
  ])
})

test('one token cannot use more routes than its bound, and another token can still open scans', async () => {
  const { start, live, redis, keys } = open()
  expect((await start('m1', 'a')).outcome).toEqual(OPENED)
  expect((await start('m2', 'a')).outcome).toEqual(OPENED)
  const refused = await start('m3', 'a')
  expect(refused.outcome).toEqual(byToken)
  expect(await redis.exists(keys.scan(refused.id))).toBe(0)
  expect((await start('m1', 'a')).outcome).toEqual(OPENED)
  expect((await start('m3', 'b')).outcome).toEqual(OPENED)
  expect(await live()).toEqual(['m1', 'm2', 'm3'].map(queueOf))
})

test('a route that is live because of another token counts towards the route bound of every token that uses it', async () => {
  const { start } = open()
  await start('m1', 'a')
  await start('m2', 'a')
  await start('m3', 'b')
  expect((await start('m3', 'a')).outcome).toEqual(byToken)
})

test('beyond the bound of the installation only configured default models are admitted', async () => {
  const { start, live } = open()
  for (const [model, token] of [
    ['m1', 'a'],
    ['m2', 'b'],
    ['m3', 'c'],
    ['m4', 'd'],
  ] as const)
    await start(model, token)
  expect((await start('m5', 'e')).outcome).toEqual(byInstallation)
  expect((await start('m4', 'e')).outcome).toEqual(OPENED)
  const demo = { provider: 'demo' as const, model: 'whatever' }
  expect((await start('', 'e', demo)).outcome).toEqual(OPENED)
  expect(await live()).toHaveLength(5)
})

test('a paused scan counts towards the route bound of its token, and a finished scan does not', async () => {
  const { start, journal } = open()
  const first = await start('m1', 'a')
  await start('m2', 'a')
  await journal.plan(first.id, planOf([entry('one')]))
  await journal.pause(first.id, 'me', 'asked')
  expect((await start('m3', 'a')).outcome).toEqual(byToken)
  await journal.cancel(first.id, 'me')
  expect((await start('m3', 'a')).outcome).toEqual(OPENED)
})

test('a resume or a retry that a bound refuses changes nothing', async () => {
  const { start, journal, routes } = open()
  const paused = await start('m1', 'a')
  await journal.plan(paused.id, planOf([entry('one')]))
  await journal.pause(paused.id, 'me', 'asked')
  await routes.closeIfIdle(queueOf('m1'))
  const failed = await start('m2', 'b')
  await journal.failScan(failed.id, { reason: 'internal', title: 'no plan', retryable: true })
  const retried = await start('m2', 'b')
  await journal.plan(retried.id, planOf([entry('one', 'undescribable')]))
  await routes.closeIfIdle(queueOf('m2'))
  for (const token of ['c', 'd', 'e', 'f']) await start(`m-${token}`, token)
  expect(await journal.resume(paused.id, 'me')).toEqual({ ...byInstallation, status: 'paused' })
  expect(await journal.retry(retried.id, 'me')).toEqual({ ...byInstallation, status: 'failed' })
  expect((await journal.scan(paused.id))?.status).toBe('paused')
  expect(await journal.announceRoute(paused.id)).toBe('not-active')
})

test.each(['prioritized', 'delayed', 'active'] as const)(
  'a route with a job that is %s stays live',
  async (state) => {
    const { start, journal, queues, routes, keys, redis } = open()
    const { id } = await start('m1', 'a')
    const queue = queues.getByName(queueOf('m1'))
    const data = { v: 1 as const, scanId: id, provider: 'openai' as const, model: 'm1' }
    const opts = { jobId: `${id}.x`, priority: 1, ...(state === 'delayed' && { delay: 60_000 }) }
    const hashes = { definition: 'a'.repeat(64), contentKey: 'b'.repeat(64) }
    await queue.add('x', { ...data, resource: 'x', ...hashes }, opts)
    if (state === 'active') {
      await redis.zrem(`${keys.bullPrefix}:${queue.name}:prioritized`, `${id}.x`)
      await redis.lpush(`${keys.bullPrefix}:${queue.name}:active`, `${id}.x`)
    }
    await journal.cancel(id, 'me')
    expect(await routes.isIdle(queue.name)).toBe(false)
    expect(await routes.closeIfIdle(queue.name)).toBe(false)
  },
)

test.each([
  ['discovering', false],
  ['queued', false],
  ['running', false],
  ['paused', true],
  ['succeeded', true],
] as const)('a route whose only scan is %s may be closed: %s', async (status, mayClose) => {
  const { start, journal, routes } = open()
  const { id } = await start('m1', 'a')
  if (status !== 'discovering') await journal.plan(id, planOf([entry('one')]))
  if (status === 'running') await journal.claim(id, 'one', 'w')
  if (status === 'paused') await journal.pause(id, 'me', 'asked')
  if (status === 'succeeded') await finish(journal, id, 'one')
  expect((await journal.scan(id))?.status).toBe(status)
  expect(await routes.isIdle(queueOf('m1'))).toBe(mayClose)
  expect(await routes.closeIfIdle(queueOf('m1'))).toBe(mayClose)
  expect((await routes.closed()).map(({ model }) => model)).toEqual(mayClose ? ['m1'] : [])
})

test('concurrent closes and opens leave no scan on a closed route', async () => {
  const { start, journal, routes } = open({ ...BOUNDS, maxPerToken: 1_000 })
  for (let round = 0; round < 50; round += 1) {
    const [{ id }] = await Promise.all([
      start('m1', 'a'),
      routes.closeIfIdle(queueOf('m1')),
      routes.closeIfIdle(queueOf('m1')),
    ])
    expect((await routes.live()).map(({ model }) => model)).toEqual(['m1'])
    expect(await journal.announceRoute(id)).toBe('live')
    await journal.cancel(id, 'me')
  }
})

test('a closed route is removed with its keys only when its queue holds no finished job', async () => {
  const { start, journal, routes, queues, redis, keys } = open()
  const { id } = await start('m1', 'a')
  await journal.cancel(id, 'me')
  const queue = queues.getByName(queueOf('m1'))
  await queue.setGlobalRateLimit(10, 60_000)
  await redis.zadd(`${keys.bullPrefix}:${queue.name}:failed`, 1, 'kept')
  await routes.closeIfIdle(queue.name)
  expect(await routes.removeIfEmpty(queue.name)).toBe(false)
  await redis.zrem(`${keys.bullPrefix}:${queue.name}:failed`, 'kept')
  expect(await routes.removeIfEmpty(queue.name)).toBe(true)
  expect(await routes.closed()).toEqual([])
  expect(await redis.exists(`${keys.bullPrefix}:${queue.name}:meta`)).toBe(0)
})

test('a closed route that is announced again keeps its queue', async () => {
  const { start, journal, routes } = open()
  await journal.cancel((await start('m1', 'a')).id, 'me')
  await routes.closeIfIdle(queueOf('m1'))
  await start('m1', 'a')
  expect(await routes.closed()).toEqual([])
  expect(await routes.removeIfEmpty(queueOf('m1'))).toBe(false)
  expect((await routes.live()).map(({ model }) => model)).toEqual(['m1'])
})
