import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { scanKeys } from '@capstan/shared/journal/scan-keys'
import { newScanId } from '@capstan/shared/journal/scan-id'
import { scripts } from '@capstan/shared/journal/scripts'
import {
  entry,
  epochOf,
  FACTS,
  FAILED,
  FAULT,
  finish,
  names,
  newScan,
  planned,
  planOf,
  RELEASED,
  RETRYING,
  SUCCEEDED,
} from './fixtures.ts'
import type { Bench } from './world.ts'

/** What planners and workers do. */
export function workSuite(bench: () => Bench): void {
  describe('work', () => {
    test('a scan goes from discovering over running to succeeded and counts what it used', async () => {
      const { journal } = bench()
      const scan = newScan()
      await journal.open(scan)
      expect(await journal.scan(scan.id)).toMatchObject({
        status: 'discovering',
        progress: { total: null, percent: 0 },
      })
      await journal.plan(scan.id, planOf(names(2).map((name) => entry(name))))
      expect(await journal.scan(scan.id)).toMatchObject({ status: 'queued', startedAt: null })
      for (const resource of names(2)) {
        const claim = await journal.claim(scan.id, resource, 'w1')
        expect((await journal.scan(scan.id))?.status).toBe('running')
        await journal.record(scan.id, resource, epochOf(claim), SUCCEEDED)
      }
      expect(await journal.scan(scan.id)).toMatchObject({
        status: 'succeeded',
        done: true,
        progress: { total: 2, succeeded: 2, finished: 2, percent: 100 },
        usage: {
          inputTokens: 20,
          cachedTokens: 2,
          outputTokens: 10,
          calls: 2,
          cacheHits: 0,
          costUsd: 0.5,
          pricing: 'known',
        },
        workMs: 2000,
        excluded: { count: 1, byReason: { default: 1 } },
        unavailable: [{ group: 'metrics.k8s.io', reason: 'no answer' }],
        warnings: ['one group is away'],
        startedAt: expect.any(String),
        finishedAt: expect.any(String),
      })
      expect(await journal.activeScanIds()).not.toContain(scan.id)
    })

    test('a claim hands over the entry and the scan it belongs to', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      expect(await journal.claim(id, 't0.example.com', 'w1')).toEqual({
        outcome: 'claimed',
        epoch: 1,
        attempt: 1,
        entry: entry('t0.example.com'),
        scan: {
          id,
          cluster: `cluster-of-${id}`,
          provider: 'demo',
          model: 'demo-rules',
          mode: 'incremental',
        },
      })
    })

    test('a worker that was overtaken cannot record, and what is recorded counts once', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      const first = epochOf(await journal.claim(id, 't0.example.com', 'w1'))
      const second = epochOf(await journal.claim(id, 't0.example.com', 'w2'))
      expect(await journal.record(id, 't0.example.com', first, SUCCEEDED)).toBe('fenced')
      expect(await journal.record(id, 't0.example.com', second, SUCCEEDED)).toBe('recorded')
      expect(await journal.record(id, 't0.example.com', second, SUCCEEDED)).toBe('duplicate')
      const item = await journal.item(id, 't0.example.com')
      expect(item?.attempts).toMatchObject([
        { n: 1, outcome: 'lost', worker: 'w1', provider: 'demo', model: 'demo-rules' },
        { n: 2, outcome: 'succeeded', worker: 'w1', durationMs: 1000 },
      ])
      expect((await journal.scan(id))?.usage.calls).toBe(1)
    })

    test('a claim the client library sends twice is one claim', async () => {
      const { journal, redis, keys } = bench()
      const id = await planned(journal, names(1))
      const args = ['t0.example.com', 'w1', 5, JSON.stringify(FAULT), randomUUID()]
      const once = await scripts.claim.run(redis, scanKeys(keys, id), args)
      const again = await scripts.claim.run(redis, scanKeys(keys, id), args)
      expect(again).toEqual(once)
      expect(await journal.item(id, 't0.example.com')).toMatchObject({ attempt: 1, attempts: [] })
      expect((await journal.scan(id))?.lastSeq).toBe(2)
    })

    test('a type that kills five workers fails and lets the scan end', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      for (let start = 0; start < 5; start++) await journal.claim(id, 't0.example.com', 'w1')
      expect(await journal.claim(id, 't0.example.com', 'w1')).toEqual({
        outcome: 'refused',
        because: 'already-done',
      })
      expect(await journal.scan(id)).toMatchObject({
        status: 'failed',
        failures: { byReason: { worker_lost: 1 }, sample: [{ resource: 't0.example.com' }] },
      })
    })

    test('a retry waits without ending the scan, and a free one uses no attempt', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      await finish(journal, id, 't0.example.com', { ...RETRYING, free: true })
      expect((await journal.scan(id))?.progress).toMatchObject({ retrying: 1, finished: 0 })
      const waiting = await journal.item(id, 't0.example.com')
      expect(waiting).toMatchObject({ attempt: 0, problem: { reason: 'rate_limited' } })
      const second = await journal.claim(id, 't0.example.com', 'w1')
      expect(second).toMatchObject({ outcome: 'claimed', attempt: 1, epoch: 2 })
      const { events } = await journal.events(id, 0, 10)
      expect(events[2]).toMatchObject({
        type: 'resource.retrying',
        data: {
          attempt: 1,
          delayMs: 5000,
          reason: 'rate_limited',
          nextAttemptAt: waiting?.nextAttemptAt,
        },
      })
      expect(await journal.item(id, 't0.example.com')).toMatchObject({
        status: 'running',
        nextAttemptAt: null,
        problem: null,
      })
    })

    test('a released item goes back to its place without using an attempt', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(3))
      await finish(journal, id, 't0.example.com', RELEASED)
      expect(await journal.item(id, 't0.example.com')).toMatchObject({
        status: 'queued',
        attempt: 0,
        attempts: [{ outcome: 'released' }],
      })
      const queued = await journal.items(id, { status: 'queued', limit: 10 })
      expect(queued.data.map((item) => item.resource)).toEqual(names(3))
    })

    test('an abandoned item fails whatever its epoch, once, and fences its worker', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(2))
      const epoch = epochOf(await journal.claim(id, 't0.example.com', 'w1'))
      expect(await journal.abandon(id, 't0.example.com', FAULT)).toBe('recorded')
      expect(await journal.abandon(id, 't0.example.com', FAULT)).toBe('duplicate')
      expect(await journal.record(id, 't0.example.com', epoch, SUCCEEDED)).toBe('fenced')
      expect(await journal.item(id, 't0.example.com')).toMatchObject({
        status: 'failed',
        problem: FAULT,
        attempts: [{ outcome: 'lost' }],
      })
    })

    test('time and tokens of an item are those of all its attempts', async () => {
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

    test('tokens without a price make the cost unknown, an attempt without tokens does not', async () => {
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

    test('a plan with nothing to analyse ends the scan at once', async () => {
      const { journal } = bench()
      const scan = newScan()
      await journal.open(scan)
      const { problem: _, ...silent } = entry('c.example.com', 'undescribable')
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

    test('an empty plan is a scan that succeeded', async () => {
      const { journal } = bench()
      const scan = newScan()
      await journal.open(scan)
      await journal.plan(scan.id, planOf([]))
      expect(await journal.scan(scan.id)).toMatchObject({
        status: 'succeeded',
        progress: { total: 0, percent: 100 },
      })
    })

    test('texts that are too long are cut, and names with any letter are kept', async () => {
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

    test('the history of an item that waits hundreds of times stays bounded', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      for (let turn = 0; turn < 150; turn++) {
        await finish(journal, id, 't0.example.com', { ...RETRYING, free: true })
      }
      const attempts = (await journal.item(id, 't0.example.com'))?.attempts ?? []
      expect(attempts.at(-1)?.n).toBe(150)
      expect(attempts.length).toBeGreaterThan(20)
      expect(attempts.length).toBeLessThan(100)
    })

    test('an unknown scan is unknown everywhere', async () => {
      const { journal } = bench()
      const id = newScanId()
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
