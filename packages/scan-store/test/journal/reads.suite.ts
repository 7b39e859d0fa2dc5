import { UNKNOWN_ETA } from '@capstan/shared/contract/speed/eta'
import { describe, expect, test } from 'vitest'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { STORED_EVENTS } from '@capstan/shared/contract/scan/scan-event'
import { Scan } from '@capstan/shared/contract/scan/scan'
import type { Journal } from '@capstan/scan-store/journal/types'
import {
  epochOf,
  FAILED,
  FAULT,
  finish,
  names,
  newScan,
  planned,
  RETRYING,
  SUCCEEDED,
} from './fixtures.ts'
import { listScanKeysInRedis, type JournalConnections } from './journal-connections.ts'

type ItemQuery = Omit<Parameters<Journal['items']>[1], 'cursor'>

/** Reads of API, dashboard and reconciler. */
export function readsSuite(bench: () => JournalConnections): void {
  describe('reads', () => {
    test('a scan and its events match the contract after every kind of outcome', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(5))
      await finish(journal, id, 't0.example.com')
      await finish(journal, id, 't1.example.com', FAILED)
      await finish(journal, id, 't2.example.com', RETRYING)
      await journal.pause(id, 'ci', 'lunch', { problem: FAULT })
      await journal.resume(id, 'ci')
      await journal.claim(id, 't3.example.com', 'w2')
      expect(Scan.parse(await journal.scan(id))).toEqual(await journal.scan(id))
      await journal.cancel(id, 'ci')
      await journal.abandon(id, 't3.example.com', FAULT)
      expect(Scan.parse(await journal.scan(id))).toEqual(await journal.scan(id))
      for (const event of (await journal.events(id, 0, 100)).events) {
        expect(event.id).toBe(`${event.seq}-0`)
        expect(event.scanId).toBe(id)
        expect(STORED_EVENTS[event.type].parse(event.data)).toEqual(event.data)
      }
    })

    test('paging by cursor returns each item once, in every sort order', async () => {
      const { journal } = bench()
      const shuffled = ['c', 'a', 'e', 'b', 'd'].map((letter) => `${letter}.example.com`)
      const id = await planned(journal, shuffled)
      expect(await pages(journal, id, { limit: 2 })).toEqual(shuffled.toSorted())
      expect(await pages(journal, id, { limit: 2, status: 'queued' })).toEqual(shuffled)
      expect(await pages(journal, id, { limit: 2, status: 'queued', sort: 'resource' })).toEqual(
        shuffled.toSorted(),
      )
      for (const [name, durationMs] of [
        ['b.example.com', 100],
        ['e.example.com', 300],
        ['a.example.com', 200],
      ] as const) {
        await finish(journal, id, name, { ...SUCCEEDED, durationMs })
      }
      const slowest = ['e', 'a', 'b', 'c', 'd'].map((letter) => `${letter}.example.com`)
      expect(await pages(journal, id, { limit: 2, sort: 'duration' })).toEqual(slowest)
      expect(await pages(journal, id, { limit: 1, sort: 'duration', status: 'succeeded' })).toEqual(
        slowest.slice(0, 3),
      )
      expect(await pages(journal, id, { limit: 2, status: 'succeeded' })).toEqual(
        ['b', 'e', 'a'].map((letter) => `${letter}.example.com`),
      )
    })

    test('a search returns each item with the text in its name once, in any case and sort order', async () => {
      const { journal } = bench()
      const all = ['topics.kafka.io', 'users.kafka.io', 'pods', 'kafkas.example.com']
      const id = await planned(journal, all)
      const found = ['kafkas.example.com', 'topics.kafka.io', 'users.kafka.io']
      expect(await pages(journal, id, { limit: 2, q: ' KAFKA' })).toEqual(found)
      expect(await pages(journal, id, { limit: 1, q: 'kafka', status: 'queued' })).toEqual(found)
      await finish(journal, id, 'users.kafka.io')
      expect(await pages(journal, id, { limit: 2, q: 'kafka', sort: 'duration' })).toEqual([
        'users.kafka.io',
        'kafkas.example.com',
        'topics.kafka.io',
      ])
      expect(await pages(journal, id, { limit: 2, q: 'kafka', status: 'succeeded' })).toEqual([
        'users.kafka.io',
      ])
      expect(await pages(journal, id, { limit: 2, q: 'kafka-' })).toEqual([])
    })

    test('every sort order returns all pages without repetition, types without a value last', async () => {
      const { journal } = bench()
      const all = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${letter}.example.com`)
      const [a = '', b = '', c = '', d = '', e = ''] = all
      const id = await planned(journal, all)
      const usage = { inputTokens: 100, cachedTokens: 0, outputTokens: 10 }
      await finish(journal, id, a, { ...SUCCEEDED, confidence: 0.9, usage })
      const large = { ...usage, cachedTokens: 500 }
      await finish(journal, id, c, { ...SUCCEEDED, confidence: 0.000_000_4, usage: large })
      await finish(journal, id, d, { ...FAILED, usage: { ...usage, inputTokens: 5 } })
      await journal.claim(id, e, 'w1')
      expect(await pages(journal, id, { limit: 1, sort: 'status' })).toEqual([d, e, b, a, c])
      expect(await pages(journal, id, { limit: 2, sort: 'confidence' })).toEqual([c, a, b, d, e])
      expect(await pages(journal, id, { limit: 2, sort: 'tokens' })).toEqual([c, a, d, b, e])
      const succeeded = { limit: 1, sort: 'tokens', status: 'succeeded' } as const
      expect(await pages(journal, id, succeeded)).toEqual([c, a])
    })

    test('items are filtered by the reason of their failure and by group, together with other filters', async () => {
      const { journal } = bench()
      const id = await planned(journal, ['pods', 'services', 'a.example.com', 'b.example.com'])
      const slow = { ...FAILED, problem: { ...FAULT, reason: 'timeout' as const } }
      await finish(journal, id, 'pods', slow)
      await finish(journal, id, 'services', FAILED)
      await finish(journal, id, 'b.example.com', slow)
      expect(FAILED.problem.reason).not.toBe('timeout')
      const reason = 'timeout'
      expect(await pages(journal, id, { limit: 1, reason })).toEqual(['b.example.com', 'pods'])
      expect(await pages(journal, id, { limit: 1, reason, group: '' })).toEqual(['pods'])
      expect(await pages(journal, id, { limit: 1, reason, q: 'B.EX' })).toEqual(['b.example.com'])
      expect(await pages(journal, id, { limit: 1, reason, status: 'succeeded' })).toEqual([])
      const group = 'example.com'
      expect(await pages(journal, id, { limit: 1, group })).toEqual([
        'a.example.com',
        'b.example.com',
      ])
      expect(await pages(journal, id, { limit: 1, group, status: 'queued' })).toEqual([
        'a.example.com',
      ])
      expect(await pages(journal, id, { limit: 1, group: 'example' })).toEqual([])
      const named = await journal.itemsByName(id, ['services', 'unknown', 'pods'])
      expect(named.map(({ resource }) => resource)).toEqual(['services', 'pods'])
    })

    test('a cursor of another order is rejected as a validation error', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(3))
      const { page } = await journal.items(id, { limit: 1, sort: 'duration' })
      const cursor = page.nextCursor ?? ''
      await journal.items(id, { limit: 1, sort: 'duration', cursor })
      for (const query of [{ sort: 'tokens' }, {}, { status: 'queued' }] as const) {
        const asked = journal.items(id, { limit: 1, ...query, cursor })
        await expect(asked).rejects.toMatchObject({ code: 'VALIDATION' })
      }
    })

    test('an invalid cursor is rejected as a validation error', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(2))
      const foreign = Buffer.from('t0.example.com').toString('base64url')
      for (const cursor of ['%%%', '', foreign]) {
        const asked = journal.items(id, { limit: 1, status: 'queued', cursor })
        await expect(asked).rejects.toMatchObject({ code: 'VALIDATION' })
      }
    })

    test('pending items are listed as running, retrying and queued, each with its job input', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(6))
      await finish(journal, id, 't0.example.com')
      await finish(journal, id, 't1.example.com', RETRYING)
      await journal.claim(id, 't2.example.com', 'w1')
      const due = Date.parse((await journal.item(id, 't1.example.com'))?.nextAttemptAt ?? '')
      const pending = [
        { resource: 't2.example.com', status: 'running' },
        { resource: 't1.example.com', status: 'retrying' },
        { resource: 't3.example.com', status: 'queued' },
        { resource: 't4.example.com', status: 'queued' },
        { resource: 't5.example.com', status: 'queued' },
      ]
      expect(await journal.pending(id)).toEqual(pending)
      expect(await journal.pending(id, 2)).toEqual(pending.slice(0, 4))
      const plan = {
        definition: 'a'.repeat(64),
        contentKey: 'b'.repeat(64),
        estimatedTokens: 100,
        estimatedCostUsd: null,
      }
      expect(await journal.jobInputs(id, names(4))).toEqual([
        {
          resource: 't1.example.com',
          status: 'retrying',
          ...plan,
          attempt: 1,
          nextAttemptAtMs: due,
        },
        {
          resource: 't2.example.com',
          status: 'running',
          ...plan,
          attempt: 1,
          nextAttemptAtMs: null,
        },
        {
          resource: 't3.example.com',
          status: 'queued',
          ...plan,
          attempt: 0,
          nextAttemptAtMs: null,
        },
      ])
      expect(await journal.excluded(id)).toEqual([{ resource: 'events', reason: 'default' }])
    })

    test('scans are listed newest first, filtered and paged, without expired scans', async () => {
      const { journal, redis } = bench()
      const labels = { team: 'reads' }
      const scans = [newScan({ labels }), newScan({ labels }), newScan({ labels }), newScan()]
      for (const scan of scans) await journal.open(scan)
      const ids = scans.map((scan) => scan.id).toSorted()
      const [oldest = '', middle = '', third = ''] = ids.filter((id) => id !== scans[3]?.id)
      const first = await journal.scans({ labels, limit: 2 })
      expect(first.data.map((scan) => scan.id)).toEqual([third, middle])
      const cursor = first.page.nextCursor ?? ''
      const second = await journal.scans({ labels, limit: 2, cursor })
      expect(second.data.map((scan) => scan.id)).toEqual([oldest])
      expect(second.page.nextCursor).toBeNull()

      await journal.failScan(middle, FAULT)
      const failed = await journal.scans({ labels, status: 'failed', limit: 5 })
      expect(failed.data.map((scan) => scan.id)).toEqual([middle])
      const cluster = scans[3]?.request.cluster ?? ''
      expect((await journal.scans({ cluster, limit: 5 })).data).toHaveLength(1)
      const createdAfter = '2999-01-01T00:00:00+01:00'
      expect((await journal.scans({ createdAfter, limit: 5 })).data).toEqual([])

      await redis.del(await listScanKeysInRedis(bench(), middle))
      const left = await journal.scans({ labels, limit: 2 })
      expect(left.data.map((scan) => scan.id)).toEqual([third, oldest])
      expect(left.page.nextCursor).toBeNull()
    })

    test('events are paged by sequence number, with the gap of trimmed events', async () => {
      const { journal, redis, keys } = bench()
      const id = await planned(journal, names(2))
      await finish(journal, id, 't0.example.com')
      await finish(journal, id, 't1.example.com')
      const all = await journal.events(id, 0, 100)
      expect(all.gap).toBeNull()
      expect(all.events.map((event) => event.type)).toEqual([
        'scan.started',
        'resource.started',
        'resource.succeeded',
        'resource.started',
        'resource.succeeded',
        'scan.finished',
      ])
      const page = await journal.events(id, 2, 2)
      expect(page.events.map((event) => event.id)).toEqual(['3-0', '4-0'])
      expect(await journal.events(id, 6, 10)).toEqual({ events: [], gap: null })
      await redis.xtrim(keys.scanEvents(id), 'MINID', '4-0')
      expect(await journal.events(id, 1, 10)).toMatchObject({ gap: { from: 2, to: 3 } })
      expect(await journal.events(id, 3, 10)).toMatchObject({ gap: null })
      await redis.del(keys.scanEvents(id))
      expect(await journal.events(id, 4, 10)).toEqual({ events: [], gap: { from: 5, to: 6 } })
    })

    test('a scan has an ETA after five finishes and none while it is paused', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(7))
      for (const name of names(4)) await finish(journal, id, name)
      expect((await journal.scan(id))?.eta).toEqual(UNKNOWN_ETA)
      await finish(journal, id, 't4.example.com')
      expect((await journal.scan(id))?.eta).toMatchObject({
        seconds: expect.any(Number),
        low: expect.any(Number),
        high: expect.any(Number),
        ratePerMinute: expect.any(Number),
      })
      await journal.pause(id, 'ci', 'lunch')
      expect((await journal.scan(id))?.eta.seconds).toBeNull()
    })

    test('cached answers are counted in the scan and marked in the item', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      const epoch = epochOf(await journal.claim(id, 't0.example.com', 'w1'))
      await journal.record(id, 't0.example.com', epoch, { ...SUCCEEDED, cached: true, calls: 0 })
      expect((await journal.scan(id))?.usage).toMatchObject({ calls: 0, cacheHits: 1 })
      expect(await journal.item(id, 't0.example.com')).toMatchObject({
        cached: true,
        confidence: 0.9,
      })
    })
  })
}

/** Reads all names of a list, page by page. */
async function pages(journal: Journal, scanId: string, query: ItemQuery): Promise<string[]> {
  const found: ScanItem[] = []
  let cursor: string | null | undefined
  do {
    const page = await journal.items(scanId, { ...query, ...(cursor ? { cursor } : {}) })
    expect(page.data.length).toBeLessThanOrEqual(query.limit)
    found.push(...page.data)
    cursor = page.page.nextCursor
  } while (cursor)
  return found.map((item) => item.resource)
}
