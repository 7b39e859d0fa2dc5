import { describe, expect, test } from 'vitest'
import { createScanId } from '@capstan/shared/scan-id'
import type { Journal } from '@capstan/scan-store/journal/types'
import { entry, FAILED, finish, names, newScan, planned, planOf } from './fixtures.ts'
import { listScanKeysInRedis, type JournalConnections } from './journal-connections.ts'

/** Creates a finished scan of three types, of which the last two have failed. */
async function partlyFailed(journal: Journal): Promise<string> {
  const id = await planned(journal, names(3))
  await finish(journal, id, 't0.example.com')
  await finish(journal, id, 't1.example.com', FAILED)
  await finish(journal, id, 't2.example.com', FAILED)
  return id
}

/** Discarding of failed types. */
export function discardSuite(bench: () => JournalConnections): void {
  describe('discard', () => {
    test('discarding all failed types marks them skipped and the scan succeeded, with an unchanged finish time', async () => {
      const { journal, redis, keys } = bench()
      const id = await partlyFailed(journal)
      const before = await journal.scan(id)
      expect(before?.status).toBe('partial')
      expect(await journal.discard(id)).toEqual({
        outcome: 'changed',
        status: 'succeeded',
        resources: ['t1.example.com', 't2.example.com'],
      })
      expect(await journal.scan(id)).toMatchObject({
        status: 'succeeded',
        runAttempt: 1,
        finishedAt: before?.finishedAt,
        progress: { total: 3, succeeded: 1, failed: 0, skipped: 2, finished: 3, percent: 100 },
        failures: { byReason: {}, sample: [], discarded: 2 },
        usage: before?.usage,
      })
      expect(await journal.item(id, 't1.example.com')).toMatchObject({
        status: 'skipped',
        reason: 'discarded',
        problem: null,
        attempts: [{ outcome: 'failed' }],
      })
      const { events } = await journal.events(id, before?.lastSeq ?? 0, 10)
      expect(events.map(({ type, data }) => [type, data])).toEqual([
        ['resource.skipped', { resource: 't1.example.com', reason: 'discarded' }],
        ['resource.skipped', { resource: 't2.example.com', reason: 'discarded' }],
        ['scan.finished', { status: 'succeeded' }],
      ])
      expect(await redis.hexists(keys.activeScans, id)).toBe(0)
      for (const key of await listScanKeysInRedis(bench(), id))
        expect(await redis.ttl(key)).toBeGreaterThan(0)
      expect(await journal.repair(id)).toEqual({ repaired: [] })
      expect((await journal.scan(id))?.failures.discarded).toBe(2)
    })

    test('discarding a named type leaves the others failed, and a repeated call changes nothing', async () => {
      const { journal } = bench()
      const id = await partlyFailed(journal)
      const only = ['t1.example.com', 't1.example.com']
      expect(await journal.discard(id, only)).toMatchObject({
        outcome: 'changed',
        status: 'partial',
      })
      const seen = await journal.scan(id)
      expect(seen?.progress).toMatchObject({ failed: 1, skipped: 1 })
      expect(seen?.failures).toMatchObject({ byReason: { invalid_output: 1 }, discarded: 1 })
      expect(await journal.discard(id, only)).toEqual({
        outcome: 'unchanged',
        status: 'partial',
        resources: only,
      })
      expect(await journal.scan(id)).toEqual(seen)
    })

    test('unknown names and types that have not failed are returned, and nothing is discarded', async () => {
      const { journal } = bench()
      const id = await partlyFailed(journal)
      const before = await journal.scan(id)
      const only = ['t1.example.com', 't0.example.com', 'none']
      expect(await journal.discard(id, only)).toEqual({
        outcome: 'not-failed',
        status: 'partial',
        resources: ['t0.example.com', 'none'],
      })
      expect(await journal.scan(id)).toEqual(before)
    })

    test('types of a running or an unknown scan are not discarded', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(2))
      await finish(journal, id, 't0.example.com', FAILED)
      const refused = { outcome: 'wrong-state', status: 'running' }
      expect(await journal.discard(id)).toEqual(refused)
      await journal.pause(id, 'test', 'because')
      expect(await journal.discard(id)).toMatchObject({ outcome: 'wrong-state' })
      expect(await journal.discard(createScanId())).toEqual({ outcome: 'unknown' })
    })

    test('a scan whose types all failed succeeds when all are discarded, and a canceled scan stays canceled', async () => {
      const { journal } = bench()
      const failed = await planned(journal, names(1))
      await finish(journal, failed, 't0.example.com', FAILED)
      expect(await journal.discard(failed)).toMatchObject({ status: 'succeeded' })
      const canceled = await planned(journal, names(2))
      await finish(journal, canceled, 't0.example.com', FAILED)
      await journal.cancel(canceled, 'test')
      expect(await journal.discard(canceled)).toMatchObject({
        outcome: 'changed',
        status: 'canceled',
      })
      const { progress } = (await journal.scan(canceled)) ?? {}
      expect(progress).toMatchObject({ failed: 0, skipped: 1, canceled: 1 })
    })

    test('a retry requeues failed types and not discarded ones', async () => {
      const { journal } = bench()
      const id = await partlyFailed(journal)
      await journal.discard(id, ['t1.example.com'])
      expect(await journal.retry(id, 'test')).toMatchObject({ requeued: 1 })
      await finish(journal, id, 't2.example.com', FAILED)
      expect(await journal.retry(id, 'test', ['t1.example.com'])).toMatchObject({
        outcome: 'not-failed',
      })
      expect((await journal.scan(id))?.failures.discarded).toBe(1)
    })

    test('5,000 failed types are discarded in one step, each with its event', async () => {
      const { journal } = bench()
      const scan = newScan()
      await journal.open(scan)
      await journal.plan(scan.id, planOf(names(5_000).map((name) => entry(name, 'undescribable'))))
      const before = (await journal.scan(scan.id))?.lastSeq ?? 0
      expect(await journal.discard(scan.id)).toMatchObject({ status: 'succeeded' })
      expect(await journal.scan(scan.id)).toMatchObject({
        progress: { skipped: 5_000, failed: 0 },
        failures: { byReason: {}, discarded: 5_000 },
        lastSeq: before + 5_001,
      })
      expect(await journal.repair(scan.id)).toEqual({ repaired: [] })
    })
  })
}
