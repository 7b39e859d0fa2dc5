import { describe, expect, test } from 'vitest'
import { entry, epochOf, names, newScan, planned, planOf, SUCCEEDED } from './fixtures.ts'
import type { JournalConnections } from './journal-connections.ts'

/** Large plans and concurrent writes. */
export function scaleSuite(bench: () => JournalConnections): void {
  describe('scale', () => {
    test('two connections that send 5,000 records of 500 items count each item once', async () => {
      const { journal, otherJournal } = bench()
      const all = names(500)
      const id = await planned(journal, all)
      const claims = await Promise.all(all.map((name) => journal.claim(id, name, 'w1')))
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, turn) =>
          all.map((name, index) =>
            (turn % 2 ? otherJournal : journal).record(id, name, epochOf(claims[index]), SUCCEEDED),
          ),
        ).flat(),
      )
      expect(answers.filter((answer) => answer === 'recorded')).toHaveLength(500)
      expect(answers.filter((answer) => answer === 'duplicate')).toHaveLength(4500)
      expect(await journal.scan(id)).toMatchObject({
        status: 'succeeded',
        progress: { succeeded: 500 },
        usage: { calls: 500, costUsd: 125 },
        lastSeq: 1002,
      })
    })

    test('a plan of 10,000 types is written, read and canceled as a whole', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(10_000))
      expect((await journal.scan(id))?.progress).toMatchObject({ total: 10_000, queued: 10_000 })
      expect(await journal.pending(id)).toHaveLength(10_000)
      expect(await journal.repair(id)).toEqual({ repaired: [] })
      await journal.cancel(id, 'test')
      const scan = await journal.scan(id)
      expect(scan).toMatchObject({ status: 'canceled', progress: { canceled: 10_000 } })
      expect(scan?.lastSeq).toBe(10_003)
      const last = await journal.events(id, 10_002, 10)
      expect(last.events).toMatchObject([{ type: 'scan.finished', seq: 10_003 }])
    })

    test('a plan of 5,000 stored types is written in one step and keeps each event', async () => {
      const { journal } = bench()
      const scan = newScan()
      await journal.open(scan)
      await journal.plan(scan.id, planOf(names(5_000).map((name) => entry(name, 'stored'))))
      expect(await journal.scan(scan.id)).toMatchObject({
        status: 'succeeded',
        progress: { total: 5_000, succeeded: 5_000 },
        usage: { cacheHits: 5_000, calls: 0 },
        lastSeq: 5_002,
      })
      expect(await journal.pending(scan.id)).toEqual([])
      expect(await journal.repair(scan.id)).toEqual({ repaired: [] })
      const { events, gap } = await journal.events(scan.id, 0, 10_000)
      expect({ events: events.length, gap }).toEqual({ events: 5_002, gap: null })
    })
  })
}
