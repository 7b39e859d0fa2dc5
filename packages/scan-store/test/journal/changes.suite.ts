import { describe, expect, test } from 'vitest'
import { readScanChanges } from '@capstan/scan-store/journal/read/read-scan-changes'
import { PROGRESS_EVERY_MS, type ScanChange } from '@capstan/scan-store/journal/read/scan-change'
import { FAILED, FAULT, finish, names, newScan, planned, planOf, entry } from './fixtures.ts'
import { listScanKeysInRedis, type JournalConnections } from './journal-connections.ts'

/** The stream of changes of all scans. */
export function changesSuite(bench: () => JournalConnections): void {
  const newestId = async (): Promise<string> => {
    const { redis, keys } = bench()
    return (await redis.xrevrange(keys.scanChanges, '+', '-', 'COUNT', 1))[0]?.[0] ?? '0-0'
  }
  const changesOf = async (scanId: string): Promise<ScanChange[]> => {
    const { redis, keys } = bench()
    const entries = await redis.xrange(keys.scanChanges, '-', '+', 'COUNT', 1)
    const first = entries[0]?.[0] ?? '0-0'
    const changes = (await readScanChanges({ redis, keys }, first, '+')) ?? []
    return changes.filter((change) => change.scanId === scanId)
  }

  describe('changes of all scans', () => {
    test('each change of the status of a scan appends one change', async () => {
      const { journal } = bench()
      await planned(journal, names(1))
      const scan = newScan()
      let seen = 0
      const expectChange = async (change: () => Promise<unknown>) => {
        await change()
        const states = (await changesOf(scan.id)).filter(({ kind }) => kind === 'state')
        expect(states).toHaveLength(++seen)
      }
      await expectChange(() => journal.open(scan))
      await expectChange(() => journal.plan(scan.id, planOf(names(2).map((name) => entry(name)))))
      await expectChange(() => journal.claim(scan.id, 't0.example.com', 'w1'))
      await expectChange(() => journal.pause(scan.id, 'ci', 'user'))
      await expectChange(() => journal.resume(scan.id, 'ci'))
      await finish(journal, scan.id, 't1.example.com', FAILED)
      await expectChange(() => journal.abandon(scan.id, 't0.example.com', FAULT))
      await expectChange(() => journal.retry(scan.id, 'ci'))
      await expectChange(() => journal.cancel(scan.id, 'ci'))
      expect((await journal.scan(scan.id))?.status).toBe('canceled')
    })

    test('each end of a scan appends one end, with the number of its last event', async () => {
      const { journal, redis, keys } = bench()
      const id = await planned(journal, names(1))
      const endsOf = async () => {
        const entries = await redis.xrange(keys.scanEnds, '-', '+')
        return entries.map(([, fields]) => fields).filter((fields) => fields[1] === id)
      }
      const expectEnds = async (...statuses: string[]) => {
        const ends = await endsOf()
        expect(ends.map((fields) => fields[5])).toEqual(statuses)
        const { lastSeq } = (await journal.scan(id)) ?? {}
        if (statuses.length > 0) expect(ends.at(-1)?.[3]).toBe(String(lastSeq))
      }
      await expectEnds()
      await finish(journal, id, 't0.example.com', FAILED)
      await expectEnds('failed')
      await journal.cancel(id, 'ci')
      await journal.repair(id)
      await expectEnds('failed')
      await journal.retry(id, 'ci')
      await journal.cancel(id, 'ci')
      await expectEnds('failed', 'canceled')
    })

    test('a call that is repeated without effect appends no change', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      await journal.pause(id, 'ci', 'user')
      const before = await newestId()
      await journal.pause(id, 'ci', 'user')
      await journal.repair(id)
      expect(await newestId()).toBe(before)
    })

    test('deleted and expired scans append a change', async () => {
      const { journal, redis } = bench()
      const [deleted, expired] = [await planned(journal, []), await planned(journal, [])]
      await journal.forget(deleted)
      await redis.del(await listScanKeysInRedis(bench(), expired))
      await journal.scans({ limit: 200 })
      for (const id of [deleted, expired]) {
        expect((await changesOf(id)).at(-1)?.kind).toBe('forgotten')
      }
    })

    test('every event has a change that readers read after it, and progress changes are half a second apart', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(40))
      for (const name of names(40)) await finish(journal, id, name)
      const changes = (await changesOf(id)).map(({ id: streamId, kind }) => {
        return { kind, atMs: Number(streamId.split('-')[0]) }
      })
      const progress = changes.filter(({ kind }) => kind === 'progress')
      for (const [index, { atMs }] of progress.slice(1).entries()) {
        expect(atMs - (progress[index]?.atMs ?? 0)).toBeGreaterThanOrEqual(PROGRESS_EVERY_MS)
      }
      const { events } = await journal.events(id, 0, 200)
      for (const { at, type } of events) {
        const eventMs = Date.parse(at)
        const isRead = changes.some(({ kind, atMs }) =>
          kind === 'progress' ? atMs + PROGRESS_EVERY_MS > eventMs : atMs >= eventMs,
        )
        expect(isRead, `${type} ${at}`).toBe(true)
      }
    })

    test('changes after an entry that the stream no longer has are unknown', async () => {
      const { journal, redis, keys } = bench()
      await planned(journal, names(1))
      const before = await newestId()
      const id = await planned(journal, names(1))
      const after = await readScanChanges({ redis, keys }, before, '+')
      expect(after?.map(({ scanId, kind }) => [scanId, kind])).toEqual([
        [id, 'state'],
        [id, 'state'],
      ])
      expect(await readScanChanges({ redis, keys }, '1-1', '+')).toBeUndefined()
      expect(await readScanChanges({ redis, keys }, await newestId(), '+')).toEqual([])
    })
  })
}
