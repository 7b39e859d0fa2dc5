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

/** A cache over a Redis in which the scans `scan_a` and `scan_b` have not ended. */
async function open() {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  await redis.hset(keys.activeScans, 'scan_a', '{}', 'scan_b', '{}')
  /** Of a worker that lives until the test stops it or ends. */
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
  /** Makes what a worker left behind so much older: its heartbeat and its lease of `k`. */
  const age = async (worker: string, ms: number): Promise<void> => {
    await redis.zincrby(keys.workers, -ms, worker)
    await redis.hincrby(keys.resultLease('k'), 'until', -ms)
  }
  /** Heartbeats of any worker came without a gap for so long. */
  const steadyFor = async (ms: number): Promise<void> => {
    const [seconds] = await redis.time()
    await redis.set(keys.workersSteady, Number(seconds) * 1_000 - ms, 'PX', 60_000)
  }
  return { redis, keys, cache: openResultCache(redis, keys), announce, age, steadyFor }
}

function owner(id: string, worker = `worker-${id}`, scanId = 'scan_a'): ResultLeaseOwner {
  return { id, worker, scanId }
}

test('of a hundred starts that ask at once exactly one may pay, and the others learn for which scan', async () => {
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

test('the same start may ask again, and a lease is released for its owner alone', async () => {
  const { cache } = await open()
  await cache.lease('k', owner('a'))
  expect(await cache.lease('k', owner('a'))).toEqual({ outcome: 'acquired' })
  await cache.release('k', owner('b'))
  expect(await cache.lease('k', owner('b'))).toMatchObject({ outcome: 'held' })
  await cache.release('k', owner('a'))
  expect(await cache.lease('k', owner('b'))).toEqual({ outcome: 'acquired' })
})

test('another start of the same type by the same worker waits for the first one', async () => {
  const { cache } = await open()
  await cache.lease('k', owner('first', 'w'))
  expect(await cache.lease('k', owner('second', 'w'))).toMatchObject({ outcome: 'held' })
})

test('a stored answer is given out instead of a lease, and storing it releases the lease of its owner alone', async () => {
  const { redis, keys, cache } = await open()
  await cache.lease('k', owner('a'))
  await cache.put('k', RESULT, owner('b'))
  expect(await cache.lease('k', owner('c'))).toEqual({ outcome: 'stored', result: RESULT })
  expect(await redis.hget(keys.resultLease('k'), 'owner')).toBe('a')
  await cache.put('k', RESULT, owner('a'))
  expect(await redis.exists(keys.resultLease('k'))).toBe(0)
})

test('a full scan takes no answer but its own', async () => {
  const { cache } = await open()
  await cache.put('k', RESULT)
  expect(await cache.lease('k', owner('a'), { onlyOf: RESULT.scanId })).toMatchObject({
    outcome: 'stored',
  })
  expect(await cache.lease('k', owner('a'), { onlyOf: 'another' })).toEqual({ outcome: 'acquired' })
})

test('a lease is taken over when the heartbeat of its worker is gone and it was not renewed', async () => {
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

test('a holder keeps its lease without renewals as long as its heartbeat comes', async () => {
  const { redis, keys, cache, announce, steadyFor } = await open()
  await announce('late')
  await steadyFor(60_000)
  await cache.lease('k', owner('a', 'late'))
  await redis.hincrby(keys.resultLease('k'), 'until', -300_000)
  const other = await cache.lease('k', owner('b', 'alive'))
  expect(other).toMatchObject({ outcome: 'held' })
  expect(await cache.renew([{ contentKey: 'k', owner: owner('a', 'late') }])).toEqual([true])
})

test('a holder keeps its lease without a heartbeat as long as it renews', async () => {
  const { redis, keys, cache, steadyFor } = await open()
  await steadyFor(60_000)
  await cache.lease('k', owner('a', 'unheard'))
  await redis.hincrby(keys.resultLease('k'), 'until', -16_000)
  await cache.renew([{ contentKey: 'k', owner: owner('a', 'unheard') }])
  expect(await cache.lease('k', owner('b'))).toMatchObject({ outcome: 'held' })
})

test('a caller is sent away for no longer than a dead worker may keep its lease', async () => {
  const { cache, announce, age, steadyFor } = await open()
  await announce('dying')
  await steadyFor(60_000)
  await cache.lease('k', owner('a', 'dying'))
  await age('dying', 16_000)
  const busy = await cache.lease('k', owner('b', 'alive'))
  expect(busy).toMatchObject({ outcome: 'held' })
  expect(busy.outcome === 'held' && busy.retryAfterMs).toBeLessThanOrEqual(1_000)
})

test('a lease of a scan that has ended is free, although its worker lives', async () => {
  const { redis, keys, cache, announce } = await open()
  await announce('alive')
  await cache.lease('k', owner('a', 'alive'))
  await redis.hdel(keys.activeScans, 'scan_a')
  expect(await cache.lease('k', owner('b', 'alive', 'scan_b'))).toEqual({ outcome: 'acquired' })
})

test('after a stall of Redis longer than heartbeats last no lease is taken over before its holder can renew', async () => {
  const { redis, keys, cache, announce, age, steadyFor } = await open()
  const [holder, other] = [await announce('holder'), await announce('other')]
  await steadyFor(60_000)
  await cache.lease('k', owner('a', 'holder'))
  // What a stall of 20 s leaves behind.
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
