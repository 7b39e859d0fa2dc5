import { describe, expect, test } from 'vitest'
import { createScanId } from '@capstan/shared/scan-id'
import {
  entry,
  FACTS,
  FAILED,
  FAULT,
  finish,
  names,
  newScan,
  planned,
  planOf,
  RETRYING,
  SUCCEEDED,
} from './fixtures.ts'
import type { JournalConnections } from './journal-connections.ts'

/** Empty, large and unknown input, and sums. */
export function boundsSuite(bench: () => JournalConnections): void {
  describe('bounds and sums', () => {
    test('time and tokens of an item are the sums of all its attempts', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      expect(await journal.item(id, 't0.example.com')).toMatchObject({
        durationMs: null,
        usage: null,
      })
      await finish(journal, id, 't0.example.com', RETRYING)
      await finish(journal, id, 't0.example.com', { ...SUCCEEDED, durationMs: 500.4 })
      expect(await journal.item(id, 't0.example.com')).toMatchObject({
        durationMs: 1500,
        usage: { inputTokens: 20, cachedTokens: 2, outputTokens: 10 },
      })
      expect((await journal.scan(id))?.workMs).toBe(1500)
    })

    test('estimated tokens are marked in attempt, item, event and scan, and make the cost an estimate', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(2))
      const [first = '', second = ''] = names(2)
      const usage = { ...FACTS.usage, estimatedTokens: 6 }
      await finish(journal, id, first)
      expect((await journal.scan(id))?.usage).toMatchObject({
        estimatedTokens: 0,
        pricing: 'known',
      })
      await finish(journal, id, second, { ...RETRYING, usage })
      await finish(journal, id, second, { ...SUCCEEDED, usage })
      const item = await journal.item(id, second)
      expect(item?.usage).toEqual({
        inputTokens: 20,
        cachedTokens: 2,
        outputTokens: 10,
        estimatedTokens: 12,
      })
      expect(item?.attempts.map((attempt) => attempt.usage)).toEqual([usage, usage])
      expect((await journal.item(id, first))?.usage).toEqual(FACTS.usage)
      const { events } = await journal.events(id, 0, 100)
      const marked = events.filter(({ data }) => data['resource'] === second)
      expect(marked.at(-1)?.data).toMatchObject({ usage })
      expect((await journal.scan(id))?.usage).toMatchObject({
        inputTokens: 30,
        estimatedTokens: 12,
        costUsd: 0.75,
        pricing: 'estimated',
      })
    })

    test('tokens without a price make the cost unknown, and an attempt without tokens does not', async () => {
      const { journal } = bench()
      const { costUsd: _, ...unpriced } = FACTS
      const nothing = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 }
      const id = await planned(journal, names(3))
      const free = { ...unpriced, type: 'failed' as const, problem: FAULT, usage: nothing }
      await finish(journal, id, 't0.example.com', free)
      await finish(journal, id, 't1.example.com')
      expect((await journal.scan(id))?.usage).toMatchObject({ costUsd: 0.25, pricing: 'known' })
      await finish(journal, id, 't2.example.com', { ...SUCCEEDED, costUsd: null })
      expect((await journal.scan(id))?.usage).toMatchObject({ costUsd: null, pricing: 'unknown' })
    })

    test('a plan with nothing to analyze ends the scan immediately', async () => {
      const { journal } = bench()
      const scan = newScan()
      await journal.open(scan)
      const silent = { ...entry('c.example.com'), action: 'undescribable' as const }
      const plan = planOf([
        entry('a.example.com', 'unchanged'),
        entry('b.example.com', 'undescribable'),
        silent,
      ])
      expect(await journal.plan(scan.id, plan)).toBe('planned')
      expect(await journal.plan(scan.id, plan)).toBe('already-planned')
      expect(await journal.scan(scan.id)).toMatchObject({
        status: 'partial',
        progress: { total: 3, skipped: 1, failed: 2 },
        failures: { byReason: { schema_unavailable: 2 } },
        eta: { seconds: null },
      })
      const { events } = await journal.events(scan.id, 0, 10)
      expect(events.map((event) => event.type)).toEqual([
        'scan.started',
        'resource.skipped',
        'resource.failed',
        'resource.failed',
        'scan.finished',
      ])
      expect(events[0]?.data).toEqual({
        total: 3,
        skipped: 1,
        excluded: 1,
        provider: 'demo',
        model: 'demo-rules',
        runAttempt: 1,
      })
    })

    test('a scan with an empty plan succeeds', async () => {
      const { journal } = bench()
      const scan = newScan()
      await journal.open(scan)
      await journal.plan(scan.id, planOf([]))
      expect(await journal.scan(scan.id)).toMatchObject({
        status: 'succeeded',
        progress: { total: 0, percent: 100 },
      })
    })

    test('texts that are too long are cut, and names with any character are stored', async () => {
      const { journal } = bench()
      const odd = 'wé"ird\\\n\u{1F980}.example.com'
      const id = await planned(journal, [odd])
      const title = 'x'.repeat(5000)
      await finish(journal, id, odd, { ...FAILED, problem: { ...FAULT, title, detail: title } })
      expect(await journal.item(id, odd)).toMatchObject({
        resource: odd,
        problem: { title: 'x'.repeat(200), detail: 'x'.repeat(1000) },
      })
      const { events } = await journal.events(id, 1, 10)
      expect(events.map((event) => event.data['resource'])).toEqual([odd, odd, undefined])
      expect((await journal.scan(id))?.failures.sample).toMatchObject([{ resource: odd }])
    })

    test('the stored attempts of an item that waits hundreds of times are bounded', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      for (let turn = 0; turn < 150; turn++) {
        await finish(journal, id, 't0.example.com', { ...RETRYING, usesNoAttempt: true })
      }
      const attempts = (await journal.item(id, 't0.example.com'))?.attempts ?? []
      expect(attempts.at(-1)?.n).toBe(150)
      expect(attempts.length).toBeGreaterThan(20)
      expect(attempts.length).toBeLessThan(100)
    })

    test('every method returns unknown for an unknown scan', async () => {
      const { journal } = bench()
      const id = createScanId()
      expect(await journal.scan(id)).toBeUndefined()
      expect(await journal.item(id, 'a')).toBeUndefined()
      expect(await journal.plan(id, planOf([]))).toBe('not-open')
      expect(await journal.record(id, 'a', 1, SUCCEEDED)).toBe('unknown')
      expect(await journal.abandon(id, 'a', FAULT)).toBe('unknown')
      expect(await journal.claim(id, 'a', 'w')).toEqual({ outcome: 'refused', because: 'unknown' })
      for (const answer of await Promise.all([
        journal.pause(id, 'x', 'y'),
        journal.resume(id, 'x'),
        journal.cancel(id, 'x'),
        journal.retry(id, 'x'),
        journal.failScan(id, FAULT),
        journal.forget(id),
      ])) {
        expect(answer).toEqual({ outcome: 'unknown' })
      }
    })
  })
}
