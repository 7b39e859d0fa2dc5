import { expect, onTestFinished, test } from 'vitest'
import { redisKeys } from '@capstan/shared/redis/keys'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { startRig } from './api-rig.ts'
import { literalClusters } from './literal-clusters.ts'
import { scanMaker } from './scan-maker.ts'
import { openSse } from './sse-client.ts'

test('without Redis every question is answered soon, and all heals when it is back', async () => {
  const own = await startOwnRedis()
  onTestFinished(() => own.stop())
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters, redis: { url: own.url, keys: redisKeys('{t}') } })
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  const sse = await openSse(`${rig.url}/api/v1/scans/${id}/events`)
  // The first progress says that the stream is live; until then it reads Redis, and would end without it.
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

test('a Redis that is full or starting is Redis that is away', async () => {
  const own = await startOwnRedis()
  onTestFinished(() => own.stop())
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters, redis: { url: own.url, keys: redisKeys('{t}') } })
  await rig.deps.redis.config('SET', 'maxmemory', '1')
  const response = await rig.ask('/api/v1/scans', { json: {} })
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ code: 'REDIS_UNAVAILABLE' })
})
