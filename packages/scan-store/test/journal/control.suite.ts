import { describe, expect, test } from 'vitest'
import { listScanKeys } from '@capstan/scan-store/journal/script-keys'
import { journalScripts } from '@capstan/scan-store/journal/scripts'
import {
  epochOf,
  FAILED,
  FAULT,
  finish,
  names,
  newScan,
  planned,
  planOf,
  DEFERRED,
  RELEASED,
  RETRYING,
  SUCCEEDED,
} from './fixtures.ts'
import type { JournalConnections } from './journal-connections.ts'

/** Pause, resume and cancel. */
export function controlSuite(bench: () => JournalConnections): void {
  describe('control', () => {
    test('a paused scan refuses claims and a resumed scan allows them', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      const paused = { status: 'paused' }
      expect(await journal.pause(id, 'ci', 'lunch', { problem: FAULT })).toEqual({
        ...paused,
        outcome: 'changed',
      })
      expect(await journal.pause(id, 'ci', 'lunch')).toEqual({ ...paused, outcome: 'unchanged' })
      const pause = { by: 'ci', reason: 'lunch', problem: FAULT }
      expect((await journal.scan(id))?.pause).toEqual(pause)
      expect(await journal.claim(id, 't0.example.com', 'w1')).toEqual({
        outcome: 'refused',
        because: 'paused',
      })
      expect(await journal.resume(id, 'ci')).toEqual({ outcome: 'changed', status: 'queued' })
      expect(await journal.resume(id, 'ci')).toEqual({ outcome: 'unchanged', status: 'queued' })
      expect(await journal.claim(id, 't0.example.com', 'w1')).toMatchObject({ outcome: 'claimed' })
      const { events } = await journal.events(id, 1, 10)
      expect(events.map(({ type, data }) => [type, data])).toMatchObject([
        ['scan.paused', pause],
        ['scan.resumed', { by: 'ci' }],
        ['resource.started', { resource: 't0.example.com', attempt: 1, worker: 'w1' }],
      ])
    })

    test('a pause without an end replaces a pause with an end, and not the reverse', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      const fault = { ...FAULT, until: '2023-11-15T00:00:00.000Z' }
      await journal.pause(id, 'daily-budget', 'budget_exceeded', { problem: fault })
      expect(await journal.pause(id, 'ci', 'lunch')).toEqual({
        outcome: 'changed',
        status: 'paused',
      })
      expect(
        await journal.pause(id, 'daily-budget', 'budget_exceeded', { problem: fault }),
      ).toMatchObject({
        outcome: 'unchanged',
      })
      expect((await journal.scan(id))?.pause).toEqual({ by: 'ci', reason: 'lunch' })
      expect(await journal.resume(id, 'ci')).toEqual({ outcome: 'changed', status: 'queued' })
      const { events } = await journal.events(id, 1, 10)
      expect(events.map(({ type }) => type)).toEqual(['scan.paused', 'scan.paused', 'scan.resumed'])
    })

    test('items that run while a scan is paused may finish, and the last one ends the scan', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      const epoch = epochOf(await journal.claim(id, 't0.example.com', 'w1'))
      await journal.pause(id, 'ci', 'lunch')
      await journal.record(id, 't0.example.com', epoch, SUCCEEDED)
      expect(await journal.scan(id)).toMatchObject({ status: 'succeeded', pause: null })
      expect(await journal.pause(id, 'ci', 'late')).toMatchObject({ outcome: 'wrong-state' })
      expect(await journal.resume(id, 'ci')).toMatchObject({ outcome: 'wrong-state' })
    })

    test('an item whose worker died during a pause waits for the resume', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      await journal.claim(id, 't0.example.com', 'w1')
      await journal.pause(id, 'ci', 'lunch')
      expect(await journal.claim(id, 't0.example.com', 'w2')).toMatchObject({ because: 'paused' })
      expect(await journal.item(id, 't0.example.com')).toMatchObject({
        status: 'queued',
        attempt: 0,
        attempts: [{ outcome: 'lost', worker: 'w1' }],
      })
    })

    test('cancel ends waiting items immediately and running items when they record', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(6))
      await finish(journal, id, 't0.example.com', RETRYING)
      const running = names(6).slice(1, 5)
      const epochs = await Promise.all(
        running.map(async (name) => epochOf(await journal.claim(id, name, 'w1'))),
      )
      expect(await journal.cancel(id, 'ci')).toEqual({ outcome: 'changed', status: 'canceling' })
      expect(await journal.cancel(id, 'ci')).toEqual({ outcome: 'unchanged', status: 'canceling' })
      expect((await journal.scan(id))?.progress).toMatchObject({ canceled: 2, running: 4 })
      for (const [index, outcome] of [SUCCEEDED, FAILED, RETRYING, RELEASED, DEFERRED].entries()) {
        await journal.record(id, running[index] ?? '', epochs[index] ?? 0, outcome)
      }
      expect(await journal.scan(id)).toMatchObject({
        status: 'canceled',
        progress: { canceled: 5, succeeded: 1 },
      })
      expect(await journal.item(id, running[1] ?? '')).toMatchObject({
        status: 'canceled',
        attempts: [{ outcome: 'canceled', problem: FAULT }],
      })
      expect(await journal.cancel(id, 'ci')).toEqual({ outcome: 'unchanged', status: 'canceled' })
    })

    test('an interrupted cancel refuses claims, and the next cancel or a repair completes it', async () => {
      const { journal, redis, keys } = bench()
      for (const goOn of [
        async (id: string) => {
          const again = { outcome: 'unchanged', status: 'canceled' }
          expect(await journal.cancel(id, 'ci')).toEqual(again)
        },
        async (id: string) => {
          expect(await journal.repair(id)).toEqual({ repaired: [] })
        },
      ]) {
        const id = await planned(journal, names(5))
        await finish(journal, id, 't4.example.com', RETRYING)
        const part = await journalScripts.cancel.run(redis, listScanKeys(keys, id), ['ci', 2])
        expect(part).toEqual(['changed', 'canceling', 1])
        expect((await journal.scan(id))?.progress).toMatchObject({ canceled: 2, queued: 2 })
        expect(await journal.claim(id, 't3.example.com', 'w1')).toEqual({
          outcome: 'refused',
          because: 'canceled',
        })
        await goOn(id)
        expect(await journal.scan(id)).toMatchObject({
          status: 'canceled',
          progress: { canceled: 5 },
        })
        const { events } = await journal.events(id, 0, 100)
        expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1))
        expect(events.filter((event) => event.type === 'scan.canceling')).toHaveLength(1)
      }
    })

    test('a claim of an item that ran when the scan was canceled ends it, because its worker is gone', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      await journal.claim(id, 't0.example.com', 'w1')
      await journal.cancel(id, 'ci')
      expect(await journal.claim(id, 't0.example.com', 'w2')).toEqual({
        outcome: 'refused',
        because: 'canceled',
      })
      expect((await journal.scan(id))?.status).toBe('canceled')
    })

    test('a scan that is canceled while discovering ends immediately and accepts no plan', async () => {
      const { journal } = bench()
      const scan = newScan()
      await journal.open(scan)
      expect(await journal.cancel(scan.id, 'ci')).toEqual({
        outcome: 'changed',
        status: 'canceled',
      })
      expect(await journal.plan(scan.id, planOf([]))).toBe('not-open')
    })
  })
}
