import { describe, expect, test } from 'vitest'
import { FAILED, finish, names, planned, RETRYING, SUCCEEDED, epochOf } from './fixtures.ts'
import { listScanKeysInRedis, type JournalConnections } from './journal-connections.ts'

/** Repair of inconsistent keys, for example after a restored backup or a manual change. */
export function repairSuite(bench: () => JournalConnections): void {
  describe('repair', () => {
    test('a repair does not change a consistent scan', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(4))
      await finish(journal, id, 't0.example.com')
      await finish(journal, id, 't1.example.com', FAILED)
      await finish(journal, id, 't2.example.com', RETRYING)
      const before = await journal.scan(id)
      expect(await journal.repair(id)).toEqual({ repaired: [] })
      expect(await journal.scan(id)).toEqual({ ...before, eta: expect.anything() })
    })

    test('a repair moves items in no set, a wrong set or two sets to the set of their state', async () => {
      const { journal, redis, keys } = bench()
      const id = await planned(journal, names(5))
      await finish(journal, id, 't0.example.com')
      await finish(journal, id, 't1.example.com')
      const order = async () =>
        (await journal.items(id, { status: 'succeeded', limit: 9 })).data.map((i) => i.resource)
      const arrived = await order()
      await redis.zrem(keys.scanStatus(id, 'succeeded'), 't0.example.com', 't1.example.com')
      await redis.zrem(keys.scanStatus(id, 'queued'), 't2.example.com')
      await redis.zadd(keys.scanStatus(id, 'failed'), 1, 't2.example.com')
      await redis.zadd(keys.scanStatus(id, 'failed'), 1, 't3.example.com')
      expect((await journal.repair(id)).repaired.toSorted()).toEqual(names(4))
      expect((await journal.scan(id))?.progress).toMatchObject({
        total: 5,
        queued: 3,
        succeeded: 2,
        failed: 0,
      })
      expect(await order()).toEqual(arrived)
      expect(await journal.repair(id)).toEqual({ repaired: [] })
    })

    test('an item with a lost state is queued again, and an old epoch cannot record it', async () => {
      const { journal, redis, keys } = bench()
      const id = await planned(journal, names(2))
      const epoch = epochOf(await journal.claim(id, 't0.example.com', 'w1'))
      await redis.hdel(keys.scanStates(id), 't0.example.com')
      expect((await journal.repair(id)).repaired).toEqual(['t0.example.com'])
      expect(await journal.item(id, 't0.example.com')).toMatchObject({ status: 'queued' })
      expect(await journal.record(id, 't0.example.com', epoch, SUCCEEDED)).toBe('fenced')
      await finish(journal, id, 't0.example.com')
      await finish(journal, id, 't1.example.com')
      expect((await journal.scan(id))?.status).toBe('succeeded')
    })

    test('a failed item with a lost state stays failed with reason internal', async () => {
      const { journal, redis, keys } = bench()
      const id = await planned(journal, names(2))
      await finish(journal, id, 't0.example.com', FAILED)
      await redis.hdel(keys.scanStates(id), 't0.example.com')
      await journal.repair(id)
      expect(await journal.scan(id)).toMatchObject({
        progress: { failed: 1, queued: 1 },
        failures: { byReason: { internal: 1 }, sample: [{ resource: 't0.example.com' }] },
      })
    })

    test('a repair of the journal corrects its counters and removes items that are not in the plan', async () => {
      const { journal, redis, keys } = bench()
      const id = await planned(journal, names(2))
      await finish(journal, id, 't0.example.com', FAILED)
      await redis.hset(keys.scan(id), 'total', 7, 'failed:invalid_output', 3, 'failed:timeout', 1)
      await redis.zadd(keys.scanStatus(id, 'running'), 1, 'ghost.example.com')
      expect((await journal.repair(id)).repaired).toEqual(['ghost.example.com'])
      expect(await journal.scan(id)).toMatchObject({
        progress: { total: 2, running: 0 },
        failures: { byReason: { invalid_output: 1 } },
      })
    })

    test('a repair raises a sequence number that is behind the event stream', async () => {
      const { journal, redis, keys } = bench()
      const id = await planned(journal, names(1))
      await journal.pause(id, 'ci', 'a')
      await redis.hset(keys.scan(id), 'seq', 1)
      await expect(journal.resume(id, 'ci')).rejects.toThrow('XADD')
      await journal.repair(id)
      await redis.hset(keys.scan(id), 'status', 'paused')
      expect(await journal.resume(id, 'ci')).toMatchObject({ outcome: 'changed' })
      expect((await journal.scan(id))?.lastSeq).toBe(3)
    })

    test('a repair seals a scan without unfinished items and reopens one that was sealed too early', async () => {
      const { journal, redis, keys } = bench()
      const id = await planned(journal, names(2))
      await finish(journal, id, 't0.example.com')
      await finish(journal, id, 't1.example.com')
      await redis.hset(keys.scan(id), 'status', 'running')
      await journal.repair(id)
      expect((await journal.scan(id))?.status).toBe('succeeded')

      await redis.hdel(keys.scanStates(id), 't1.example.com')
      await redis.zrem(keys.scanStatus(id, 'succeeded'), 't1.example.com')
      expect((await journal.repair(id)).repaired).toEqual(['t1.example.com'])
      expect((await journal.scan(id))?.status).toBe('running')
      expect(await journal.activeScanIds()).toContain(id)
      for (const key of await listScanKeysInRedis(bench(), id))
        expect(await redis.ttl(key)).toBe(-1)
      await finish(journal, id, 't1.example.com')
      for (const key of await listScanKeysInRedis(bench(), id))
        expect(await redis.ttl(key)).toBeGreaterThan(0)
    })

    test('a repair cancels the waiting items of a canceling scan', async () => {
      const { journal, redis, keys } = bench()
      const id = await planned(journal, names(2))
      await journal.claim(id, 't0.example.com', 'w1')
      await redis.zrem(keys.scanStatus(id, 'queued'), 't1.example.com')
      await journal.cancel(id, 'ci')
      await journal.repair(id)
      expect((await journal.scan(id))?.progress).toMatchObject({ canceled: 1, running: 1 })
    })

    test('a repair removes a deleted scan from the indexes', async () => {
      const { journal, redis, keys } = bench()
      const id = await planned(journal, names(1))
      await redis.del(await listScanKeysInRedis(bench(), id))
      expect(await journal.activeScanIds()).toContain(id)
      expect(await journal.repair(id)).toEqual({ repaired: [] })
      expect(await journal.activeScanIds()).not.toContain(id)
      expect(await redis.zscore(keys.scans, id)).toBeNull()
    })
  })
}
