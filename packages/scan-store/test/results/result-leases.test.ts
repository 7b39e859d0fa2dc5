import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import { testRedis } from '@capstan/testkit/redis'
import {
  announceWorker,
  type WorkerAnnouncement,
} from '@capstan/scan-store/workers/worker-registry'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import type { ResultLeaseOwner } from '@capstan/scan-store/results/result-leases'

const RESULT = makeStoredResult()

/** Opens a cache in which the scans `scan_a` and `scan_b` are unfinished. */
async function open() {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  await redis.hset(keys.activeScans, 'scan_a', '{}', 'scan_b', '{}')
  /** Starts the heartbeats of a worker. They stop with the test. */
  const announce = async (id: string): Promise<WorkerAnnouncement> => {
    const announcement = await announceWorker(redis, keys, () => ({
      id,
      host: 'h',
      pid: 1,
      version: '0',
      startedAt: '2026-11-30T10:00:00.000Z',
      concurrency: 1,
      active: 0,
      draining: false,
      providers: [],
      accounts: [],
    }))
    onTestFinished(() => announcement.stop())
    return announcement
  }
  /** Ages the last heartbeat of a worker and its lease of `k` by this many ms. */
  const age = async (worker: string, ms: number): Promise<void> => {
    await redis.zincrby(keys.workers, -ms, worker)
    await redis.hincrby(keys.resultLease('k'), 'until', -ms)
  }
  /** Sets the length of the current run of heartbeats without a gap. */
  const steadyFor = async (ms: number): Promise<void> => {
    const [seconds] = await redis.time()
    await redis.set(keys.workersSteady, Number(seconds) * 1_000 - ms, 'PX', 60_000)
  }
  return { redis, keys, cache: openResultCache(redis, keys), announce, age, steadyFor }
}

function owner(id: string, worker = `worker-${id}`, scanId = 'scan_a'): ResultLeaseOwner {
  return { id, worker, scanId }
}

test('exactly one of a hundred concurrent attempts acquires the lease, and the others get the scan of its holder', async () => {
  const { cache } = await open()
  const asking = Array.from({ length: 100 }, (_, n) => cache.lease('k', owner(`start-${n}`)))
  const leases = await Promise.all(asking)
  expect(leases.filter((lease) => lease.outcome === 'acquired')).toHaveLength(1)
  const busy = leases.filter((lease) => lease.outcome === 'held')
  expect(busy).toHaveLength(99)
  for (const lease of busy) {
    expect(lease.scanId).toBe('scan_a')
    expect(lease.retryAfterMs).toBeLessThanOrEqual(15_000)
  }
})

test('an attempt may acquire its lease again, and only the owner releases it', async () => {
  const { cache } = await open()
  await cache.lease('k', owner('a'))
  expect(await cache.lease('k', owner('a'))).toEqual({ outcome: 'acquired' })
  await cache.release('k', owner('b'))
  expect(await cache.lease('k', owner('b'))).toMatchObject({ outcome: 'held' })
  await cache.release('k', owner('a'))
  expect(await cache.lease('k', owner('b'))).toEqual({ outcome: 'acquired' })
})

test('a second attempt of the same type by the same worker waits for the first one', async () => {
  const { cache } = await open()
  await cache.lease('k', owner('first', 'w'))
  expect(await cache.lease('k', owner('second', 'w'))).toMatchObject({ outcome: 'held' })
})

test('a stored answer is returned instead of a lease, and storing it releases only the lease of its owner', async () => {
  const { redis, keys, cache } = await open()
  await cache.lease('k', owner('a'))
  await cache.put('k', RESULT, owner('b'))
  expect(await cache.lease('k', owner('c'))).toEqual({ outcome: 'stored', result: RESULT })
  expect(await redis.hget(keys.resultLease('k'), 'owner')).toBe('a')
  await cache.put('k', RESULT, owner('a'))
  expect(await redis.exists(keys.resultLease('k'))).toBe(0)
})

test('a full scan uses only its own answers', async () => {
  const { cache } = await open()
  await cache.put('k', RESULT)
  expect(await cache.lease('k', owner('a'), { onlyOf: RESULT.scanId })).toMatchObject({
    outcome: 'stored',
  })
  expect(await cache.lease('k', owner('a'), { onlyOf: 'another' })).toEqual({ outcome: 'acquired' })
})

test('a lease is taken over when its worker has timed out and it was not renewed', async () => {
  const { cache, announce, age, steadyFor } = await open()
  const dead = await announce('dead')
  await announce('alive')
  await steadyFor(60_000)
  await cache.lease('k', owner('a', 'dead'))
  await age('dead', 17_001)
  await dead.stop()
  expect(await cache.lease('k', owner('b', 'alive', 'scan_b'))).toEqual({ outcome: 'acquired' })
  expect(await cache.renew([{ contentKey: 'k', owner: owner('a', 'dead') }])).toEqual([false])
})

test('a holder keeps its lease without renewals while its worker sends heartbeats', async () => {
  const { redis, keys, cache, announce, steadyFor } = await open()
  await announce('late')
  await steadyFor(60_000)
  await cache.lease('k', owner('a', 'late'))
  await redis.hincrby(keys.resultLease('k'), 'until', -300_000)
  const other = await cache.lease('k', owner('b', 'alive'))
  expect(other).toMatchObject({ outcome: 'held' })
  expect(await cache.renew([{ contentKey: 'k', owner: owner('a', 'late') }])).toEqual([true])
})

test('a holder keeps its lease without heartbeats while it renews', async () => {
  const { redis, keys, cache, steadyFor } = await open()
  await steadyFor(60_000)
  await cache.lease('k', owner('a', 'unheard'))
  await redis.hincrby(keys.resultLease('k'), 'until', -16_000)
  await cache.renew([{ contentKey: 'k', owner: owner('a', 'unheard') }])
  expect(await cache.lease('k', owner('b'))).toMatchObject({ outcome: 'held' })
})

test('retryAfterMs is at most the time that a dead worker can keep its lease', async () => {
  const { cache, announce, age, steadyFor } = await open()
  await announce('dying')
  await steadyFor(60_000)
  await cache.lease('k', owner('a', 'dying'))
  await age('dying', 16_000)
  const busy = await cache.lease('k', owner('b', 'alive'))
  expect(busy).toMatchObject({ outcome: 'held' })
  expect(busy.outcome === 'held' && busy.retryAfterMs).toBeLessThanOrEqual(1_000)
})

test('the lease of a finished scan is free even if its worker is alive', async () => {
  const { redis, keys, cache, announce } = await open()
  await announce('alive')
  await cache.lease('k', owner('a', 'alive'))
  await redis.hdel(keys.activeScans, 'scan_a')
  expect(await cache.lease('k', owner('b', 'alive', 'scan_b'))).toEqual({ outcome: 'acquired' })
})

test('after a stall of Redis longer than the worker timeout no lease is taken over before its holder can renew', async () => {
  const { redis, keys, cache, announce, age, steadyFor } = await open()
  const [holder, other] = [await announce('holder'), await announce('other')]
  await steadyFor(60_000)
  await cache.lease('k', owner('a', 'holder'))
  // The state after a stall of Redis of 20 s.
  await age('holder', 20_000)
  await age('other', 20_000)
  await redis.del(keys.workersSteady)
  const early = owner('b', 'other', 'scan_b')
  expect(await cache.lease('k', early)).toMatchObject({ outcome: 'held' })
  await other.beat()
  const waiting = await cache.lease('k', early)
  expect(waiting).toMatchObject({ outcome: 'held' })
  expect(waiting.outcome === 'held' && waiting.retryAfterMs).toBeLessThanOrEqual(10_000)
  await holder.beat()
  await steadyFor(10_001)
  expect(await cache.lease('k', early)).toMatchObject({ outcome: 'held' })
})
