import { expect, test } from 'vitest'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { createSilentLog } from '@capstan/testkit/create-silent-log'
import { openResultCache, type ResultCache } from '@capstan/scan-store/results/result-cache'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { openLeaseHolder, type LeaseHolder } from '../src/call/answers/lease-holder.ts'

/** Keepers of a scan that has not ended; `change` replaces steps of their store by ones that fail. */
async function open() {
  const rig = openScanRig()
  const scanId = await rig.scan([], { jobs: false })
  // A plan of no type seals its scan.
  await rig.redis.hset(rig.keys.activeScans, scanId, '{}')
  const results = openResultCache(rig.redis, rig.keys)
  const keeper = (change: Partial<ResultCache> = {}): LeaseHolder => {
    const log = createSilentLog()
    const opened = openLeaseHolder({
      results: { ...results, ...change },
      log,
      workerId: 'w',
      renewMs: 20,
    })
    onTestFinished(() => opened.stop())
    return opened
  }
  const read = async (field: string) => rig.redis.hget(rig.keys.resultLease('k'), field)
  return { ...rig, scanId, keeper, read }
}

test('a result lease is renewed until its attempt releases it', async () => {
  const { scanId, keeper, read } = await open()
  const { lease, release } = await keeper().acquire({ contentKey: 'k', scanId })
  expect(lease).toEqual({ outcome: 'acquired' })
  const first = Number(await read('until'))
  await expect.poll(async () => Number(await read('until'))).toBeGreaterThan(first)
  await release()
  expect(await read('owner')).toBeNull()
})

test('a failed release of a result lease is repeated until it succeeds', async () => {
  const { scanId, keeper, read, redis, keys } = await open()
  const results = openResultCache(redis, keys)
  let isFull = true
  const release: ResultCache['release'] = async (...lease) => {
    if (isFull) throw new Error('Redis is full')
    await results.release(...lease)
  }
  const taken = await keeper({ release }).acquire({ contentKey: 'k', scanId })
  await taken.release()
  expect(await read('owner')).not.toBeNull()
  isFull = false
  await expect.poll(() => read('owner')).toBeNull()
})

test('an attempt is notified once that its lease was taken over, and never of a lease that it has released', async () => {
  const { scanId, keeper, redis, keys } = await open()
  const leases = keeper()
  const lost: string[] = []
  const take = (contentKey: string) =>
    leases.acquire({ contentKey, scanId, onLost: () => lost.push(contentKey) })
  await take('k')
  const released = await take('released')
  await released.release()
  await redis.hset(keys.resultLease('k'), 'owner', 'another start')
  await expect.poll(() => lost).toEqual(['k'])
  await redis.hset(keys.resultLease('k'), 'owner', 'a third start')
  const later = await take('later')
  await redis.hset(keys.resultLease('later'), 'owner', 'another start')
  await expect.poll(() => lost).toEqual(['k', 'later'])
  await later.release()
})

test('storing the answer ends its result lease', async () => {
  const { scanId, keeper, read } = await open()
  const { put } = await keeper().acquire({ contentKey: 'k', scanId })
  await put(makeStoredResult())
  expect(await read('owner')).toBeNull()
})

test('stopping the lease holder releases all leases that its attempts still hold', async () => {
  const { scanId, keeper, read } = await open()
  const leases = keeper()
  await leases.acquire({ contentKey: 'k', scanId })
  await leases.stop()
  expect(await read('owner')).toBeNull()
})
