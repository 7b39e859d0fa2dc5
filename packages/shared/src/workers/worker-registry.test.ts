import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { announceWorker, listWorkers } from './worker-registry.ts'

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

test('workers are listed while they live, and gone once they stop', async () => {
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

test('a worker that was killed is forgotten', async () => {
  const { redis, keys } = open()
  const killed = await announceWorker(redis, keys, status('killed', '2026-11-23T10:00:00.000Z'))
  expect(await redis.pttl(keys.worker('killed'))).toBeLessThanOrEqual(20_000)
  // What 20 s of silence leave behind.
  await redis.del(keys.worker('killed'))
  await redis.zadd(keys.workers, Date.now() - 21_000, 'killed')
  expect(await listWorkers(redis, keys)).toEqual([])
  expect(await redis.zcard(keys.workers)).toBe(0)
  await killed.stop()
})
