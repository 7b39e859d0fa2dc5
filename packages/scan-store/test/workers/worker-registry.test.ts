import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { announceWorker, listWorkers } from '@capstan/scan-store/workers/worker-registry'

function open() {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  return { redis, keys }
}

function status(id: string, startedAt: string) {
  return () => ({
    id,
    host: 'h',
    pid: 1,
    version: '0.1.0',
    startedAt,
    concurrency: 10,
    active: 3,
    draining: false,
    providers: [{ provider: 'demo' as const, model: 'demo-rules' }],
    accounts: [],
  })
}

test('workers are listed while they run and not after they stop', async () => {
  const { redis, keys } = open()
  const late = await announceWorker(redis, keys, status('late', '2026-11-23T11:00:00.000Z'))
  const early = await announceWorker(redis, keys, status('early', '2026-11-23T10:00:00.000Z'))
  const listed = await listWorkers(redis, keys)
  expect(listed.map((worker) => worker.id)).toEqual(['early', 'late'])
  expect(listed[0]).toMatchObject({ active: 3, concurrency: 10 })
  await early.stop()
  expect((await listWorkers(redis, keys)).map((worker) => worker.id)).toEqual(['late'])
  await late.stop()
  expect(await listWorkers(redis, keys)).toEqual([])
})

test('a killed worker is not listed after its timeout and is removed at the next heartbeat of another worker', async () => {
  const { redis, keys } = open()
  const killed = await announceWorker(redis, keys, status('killed', '2026-11-23T10:00:00.000Z'))
  expect(await redis.pttl(keys.worker('killed'))).toBeLessThanOrEqual(17_000)
  // The state 17 s after the last heartbeat.
  await redis.del(keys.worker('killed'))
  await redis.zincrby(keys.workers, -17_001, 'killed')
  expect(await listWorkers(redis, keys)).toEqual([])
  const other = await announceWorker(redis, keys, status('other', '2026-11-23T11:00:00.000Z'))
  expect(await redis.zrange(keys.workers, '0', '-1')).toEqual(['other'])
  await Promise.all([killed.stop(), other.stop()])
})

test('heartbeats use the clock of Redis, and a gap in all heartbeats starts a new steady period', async () => {
  const { redis, keys } = open()
  const worker = await announceWorker(redis, keys, status('w', '2026-11-23T10:00:00.000Z'))
  const [seconds] = await redis.time()
  const heardAt = Number(await redis.zscore(keys.workers, 'w'))
  expect(Math.abs(heardAt - Number(seconds) * 1_000)).toBeLessThan(120_000)
  await redis.set(keys.workersSteady, '1', 'KEEPTTL')
  await worker.beat()
  expect(await redis.get(keys.workersSteady)).toBe('1')
  // The key expires in a gap.
  await redis.del(keys.workersSteady)
  await worker.beat()
  expect(Number(await redis.get(keys.workersSteady))).toBeGreaterThanOrEqual(heardAt)
  await worker.stop()
})
