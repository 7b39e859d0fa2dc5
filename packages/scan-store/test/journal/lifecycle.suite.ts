import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { listScanKeys } from '@capstan/scan-store/journal/script-keys'
import { journalScripts } from '@capstan/scan-store/journal/scripts'
import { NO_ROUTE_BOUNDS } from '@capstan/scan-store/routes/route-registry'
import {
  epochOf,
  FAILED,
  FAULT,
  finish,
  names,
  newScan,
  planned,
  planOf,
  SUCCEEDED,
} from './fixtures.ts'
import { listScanKeysInRedis, type JournalConnections } from './journal-connections.ts'

/** Opening, ending, retrying and deleting a scan. */
export function lifecycleSuite(bench: () => JournalConnections): void {
  describe('lifecycle', () => {
    test('an equal request joins the scan without a plan, and onConflict reject refuses while a scan of the cluster runs', async () => {
      const { journal } = bench()
      const first = newScan()
      expect(await journal.open(first)).toEqual({ outcome: 'opened' })
      expect(await journal.open(first)).toEqual({ outcome: 'opened' })
      const { cluster } = first.request
      const joined = { outcome: 'joined', scanId: first.id, because: 'equal' }
      expect(await journal.open(newScan({ cluster }))).toEqual(joined)
      const rejected = newScan({ cluster, onConflict: 'reject', include: ['other'] })
      expect(await journal.open(rejected)).toEqual({ outcome: 'conflict', scanId: first.id })
      const parallel = newScan({ cluster, onConflict: 'parallel' })
      expect(await journal.open(parallel)).toEqual({ outcome: 'opened' })
      await journal.failScan(parallel.id, FAULT)
      expect(await journal.open(newScan({ cluster }))).toEqual(joined)
      await journal.failScan(first.id, FAULT)
      expect(await journal.open(newScan({ cluster }))).toEqual({ outcome: 'opened' })
    })

    test('concurrent opens on one cluster give one scan', async () => {
      const { journal, otherJournal } = bench()
      const { cluster } = newScan().request
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 ? otherJournal : journal).open(newScan({ cluster })),
        ),
      )
      expect(answers.filter(({ outcome }) => outcome === 'opened')).toHaveLength(1)
    })

    test('a scan whose planning failed is failed with its problem', async () => {
      const { journal } = bench()
      const scan = newScan()
      await journal.open(scan)
      expect(await journal.failScan(scan.id, FAULT)).toEqual({
        outcome: 'changed',
        status: 'failed',
      })
      expect(await journal.failScan(scan.id, FAULT)).toEqual({
        outcome: 'unchanged',
        status: 'failed',
      })
      expect(await journal.scan(scan.id)).toMatchObject({ status: 'failed', problem: FAULT })
      expect(await journal.plan(scan.id, planOf([]))).toBe('not-open')
      const id = await planned(journal, names(1))
      expect(await journal.failScan(id, FAULT)).toEqual({
        outcome: 'wrong-state',
        status: 'queued',
      })
    })

    test('a retry reopens a scan and requeues only its failed types', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(2))
      expect(await journal.retry(id, 'ci')).toEqual({ outcome: 'wrong-state', status: 'queued' })
      await finish(journal, id, 't0.example.com')
      const stale = epochOf(await journal.claim(id, 't1.example.com', 'w1'))
      await journal.record(id, 't1.example.com', stale, FAILED)
      expect(await journal.scan(id)).toMatchObject({
        status: 'partial',
        failures: { byReason: { invalid_output: 1 }, sample: [{ resource: 't1.example.com' }] },
      })
      const before = (await journal.scan(id))?.lastSeq ?? 0
      expect(await journal.retry(id, 'ci')).toEqual({
        outcome: 'changed',
        status: 'queued',
        requeued: 1,
      })
      expect(await journal.activeScanIds()).toContain(id)
      const { events } = await journal.events(id, before, 10)
      expect(events).toMatchObject([
        { type: 'scan.started', data: { runAttempt: 2, total: 2 } },
        { type: 'resource.requeued', data: { resource: 't1.example.com', by: 'ci' } },
      ])
      expect(await journal.record(id, 't1.example.com', stale, SUCCEEDED)).toBe('fenced')
      await finish(journal, id, 't1.example.com')
      expect(await journal.scan(id)).toMatchObject({
        status: 'succeeded',
        runAttempt: 2,
        failures: { byReason: {}, sample: [] },
      })
    })

    test('a retry of named types requeues failed and canceled ones, each once', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(3))
      await finish(journal, id, 't0.example.com')
      await finish(journal, id, 't1.example.com', FAILED)
      await journal.cancel(id, 'ci')
      const only = ['t1.example.com', 't2.example.com', 't2.example.com']
      expect(await journal.retry(id, 'ci', only)).toMatchObject({ requeued: 2 })
      const scan = await journal.scan(id)
      expect(scan?.progress).toMatchObject({ succeeded: 1, queued: 2 })
      const { events } = await journal.events(id, 0, 100)
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1))
      expect(scan?.lastSeq).toBe(events.length)
    })

    test('a retry with a type that has not failed or is unknown changes nothing', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(2))
      await finish(journal, id, 't0.example.com')
      await finish(journal, id, 't1.example.com', FAILED)
      const before = await journal.scan(id)
      const only = ['t1.example.com', 'none', 't0.example.com', 'none']
      expect(await journal.retry(id, 'ci', only)).toEqual({
        outcome: 'not-failed',
        status: 'partial',
        resources: ['none', 't0.example.com'],
      })
      expect(await journal.scan(id)).toEqual(before)
    })

    test('a retry that the client library repeats is one retry', async () => {
      const { journal, redis, keys } = bench()
      const id = await planned(journal, names(1))
      await finish(journal, id, 't0.example.com', FAILED)
      const args = ['ci', randomUUID(), JSON.stringify(NO_ROUTE_BOUNDS)]
      const once = await journalScripts.retry.run(redis, listScanKeys(keys, id), args)
      expect(await journalScripts.retry.run(redis, listScanKeys(keys, id), args)).toEqual(once)
      expect((await journal.scan(id))?.runAttempt).toBe(2)
    })

    test('a finished scan expires with all its keys, and forget deletes all of them', async () => {
      const { journal, redis, keys } = bench()
      const id = await planned(journal, names(3))
      await finish(journal, id, 't0.example.com')
      await finish(journal, id, 't1.example.com', FAILED)
      expect(await journal.forget(id)).toEqual({ outcome: 'wrong-state', status: 'running' })
      await journal.cancel(id, 'ci')
      const left = await listScanKeysInRedis(bench(), id)
      expect(left.length).toBeGreaterThan(7)
      for (const key of left) expect(await redis.ttl(key)).toBeGreaterThan(29 * 86_400)
      expect(await journal.forget(id)).toEqual({ outcome: 'changed', status: 'canceled' })
      expect(await listScanKeysInRedis(bench(), id)).toEqual([])
      expect((await journal.scans({ limit: 200 })).data.map((scan) => scan.id)).not.toContain(id)
      expect(await redis.hexists(keys.activeScans, id)).toBe(0)
    })
  })
}
