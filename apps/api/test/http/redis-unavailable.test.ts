import { expect, onTestFinished, test } from 'vitest'
import { createRedisKeys } from '@capstan/redis/keys'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { startRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'
import { scanMaker } from '../support/scan-maker.ts'
import { openSse } from '../support/sse-client.ts'

test('without Redis every request fails quickly, and the API recovers when Redis returns', async () => {
  const own = await startOwnRedis()
  onTestFinished(() => own.stop())
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters, redis: { url: own.url, keys: createRedisKeys('{t}') } })
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  const sse = await openSse(`${rig.url}/api/v1/scans/${id}/events`)
  // The first progress event shows that the stream is live. Before it, the stream reads Redis and would end.
  await sse.next(({ type }) => type === 'scan.progress')
  await maker.plan(id, ['a.example.com'])
  await sse.next((event) => event.id === '1-0')

  await own.kill()
  for (const path of ['/api/v1/scans', `/api/v1/scans/${id}/events`, '/api/v1/queue']) {
    const response = await rig.ask(path)
    expect(response.status, path).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'REDIS_UNAVAILABLE', retryable: true })
    expect(response.headers.get('retry-after')).toBe('2')
  }
  expect((await rig.ask('/api/v1/scans', { json: {} })).status).toBe(503)
  expect((await rig.ask('/livez')).status).toBe(200)
  expect((await rig.ask('/metrics')).status).toBe(200)
  const ready = await rig.ask('/readyz?verbose')
  expect(ready.status).toBe(503)
  expect(await ready.json()).toMatchObject({ checks: [{ ok: true }, { name: 'redis', ok: false }] })

  await own.restart()
  await expect.poll(async () => (await rig.ask('/readyz')).status).toBe(200)
  expect((await rig.ask(`/api/v1/scans/${id}`)).status).toBe(200)
  await maker.work(id, 'a.example.com')
  await sse.ended
  expect(sse.events.at(-1)).toMatchObject({ type: 'scan.finished', data: { scan: { done: true } } })
})

test.each([
  ['full', ['maxmemory', '1'], 'Redis is full: ', 'Raise maxmemory'],
  [
    'without enough replicas',
    ['min-replicas-to-write', '1'],
    'too few of its replicas',
    'min-replicas',
  ],
])(
  'with a Redis that is %s the API is not ready, a scan and a pause fail, and all state that reason',
  async (...row) => {
    const [, setting, detail, hint] = row
    const rig = await startOwnRig()
    await rig.deps.redis.config('SET', ...(setting as [string, string]))
    const ready = await rig.ask('/readyz')
    expect(ready.status).toBe(503)
    expect(await ready.json()).toMatchObject({ notReady: [expect.stringContaining(detail)] })
    // A scan request checks the state of Redis first; the pause fails at its write.
    for (const [path, json] of [
      ['/api/v1/scans', {}],
      ['/api/v1/queue/pause', {}],
    ] as const) {
      const response = await rig.ask(path, { json })
      expect(response.status, path).toBe(503)
      expect(await response.json()).toMatchObject({
        code: 'REDIS_UNAVAILABLE',
        retryable: true,
        detail: expect.stringContaining(detail) as string,
        hint: expect.stringContaining(hint) as string,
      })
    }
    await rig.deps.redis.config('SET', setting[0] ?? '', '0')
    expect((await rig.ask('/readyz')).status).toBe(200)
    expect((await rig.ask('/api/v1/scans', { json: {} })).status).toBe(202)
  },
)

test('with a read-only Redis the API is not ready, reports the reason and serves reads', async () => {
  const rig = await startOwnRig()
  await rig.deps.redis.replicaof('127.0.0.1', 1)
  const ready = await rig.ask('/readyz?verbose')
  expect(ready.status).toBe(503)
  const detail = 'Redis is read-only: REDIS_URL leads to a replica'
  expect(await ready.json()).toMatchObject({
    notReady: [detail],
    checks: [{ ok: true }, { name: 'redis', ok: false, detail }],
  })
  const refused = await rig.ask('/api/v1/scans', { json: {} })
  expect(await refused.json()).toMatchObject({ code: 'REDIS_UNAVAILABLE', detail })
  await expect.poll(async () => (await rig.ask('/api/v1/scans')).status).toBe(200)
})

test('from 90 % of maxmemory new scans are rejected with figures, and running scans can be read', async () => {
  const rig = await startOwnRig()
  const running = await rig.ask('/api/v1/scans', { json: {} })
  expect(running.status).toBe(202)
  const used = Number(/used_memory:(\d+)/.exec(await rig.deps.redis.info('memory'))?.[1])
  await rig.deps.redis.config('SET', 'maxmemory', String(Math.round(used / 0.95)))
  expect((await rig.ask('/readyz')).status).toBe(200)
  const refused = await rig.ask('/api/v1/scans', { json: { onConflict: 'parallel' } })
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('30')
  expect(await refused.json()).toMatchObject({
    code: 'OVERLOADED',
    retryable: true,
    detail: expect.stringMatching(
      /^Redis is nearly full: 9\d % of maxmemory is used \(.* MiB\)/,
    ) as string,
    hint: expect.stringContaining('Raise maxmemory') as string,
  })
  const ready = (await (await rig.ask('/readyz')).json()) as { degraded: string[] }
  expect(ready.degraded.join()).toContain('Redis is nearly full: 9')
  expect((await rig.ask(running.headers.get('location') ?? '')).status).toBe(200)
})

test('a change of the eviction policy at runtime is reported and logged', async () => {
  const rig = await startOwnRig()
  await rig.deps.redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
  const ready = await rig.ask('/readyz')
  expect(ready.status).toBe(200)
  expect(await ready.json()).toMatchObject({ degraded: [expect.stringContaining('allkeys-lru')] })
  expect(rig.logged()).toContain('Redis evicts keys')
})

async function startOwnRig() {
  const own = await startOwnRedis()
  onTestFinished(() => own.stop())
  const { clusters } = literalClusters(['Kafka'])
  return startRig({ clusters, redis: { url: own.url, keys: createRedisKeys('{t}') } })
}
