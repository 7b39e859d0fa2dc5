import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { listClaimKeys } from '@capstan/scan-store/journal/script-keys'
import { journalScripts } from '@capstan/scan-store/journal/scripts'
import {
  entry,
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

/** Writes of planners and workers. */
export function workSuite(bench: () => JournalConnections): void {
  describe('work', () => {
    test('a scan goes from discovering over running to succeeded and counts its usage', async () => {
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
          curatedAnswers: 0,
          costUsd: 0.5,
          pricing: 'known',
        },
        workMs: 2000,
        excluded: { count: 1, byReason: { default: 1 } },
        unavailable: [{ group: 'metrics.k8s.io', reason: 'no answer' }],
        warnings: ['one group is unavailable'],
        startedAt: expect.any(String),
        finishedAt: expect.any(String),
      })
      expect(await journal.activeScanIds()).not.toContain(scan.id)
    })

    test('a claim returns the plan entry and its scan', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      expect(await journal.claim(id, 't0.example.com', 'w1')).toEqual({
        outcome: 'claimed',
        epoch: 1,
        attempt: 1,
        entry: { ...entry('t0.example.com'), estimatedCostUsd: null },
        scan: {
          id,
          cluster: `cluster-of-${id}`,
          provider: 'demo',
          model: 'demo-rules',
          mode: 'incremental',
          execution: 'calls',
          curated: false,
          price: null,
          concurrency: null,
        },
      })
    })

    test('a fenced worker cannot record, and a repeated record counts once', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      const first = epochOf(await journal.claim(id, 't0.example.com', 'w1'))
      const second = epochOf(await journal.claim(id, 't0.example.com', 'w2'))
      expect(await journal.record(id, 't0.example.com', first, SUCCEEDED)).toBe('fenced')
      expect(await journal.record(id, 't0.example.com', second, SUCCEEDED)).toBe('recorded')
      expect(await journal.record(id, 't0.example.com', second, SUCCEEDED)).toBe('duplicate')
      const item = await journal.item(id, 't0.example.com')
      expect(item?.attempts).toMatchObject([
        {
          n: 1,
          outcome: 'lost',
          worker: 'w1',
          provider: 'demo',
          model: 'demo-rules',
          usage: null,
        },
        { n: 2, outcome: 'succeeded', worker: 'w1', durationMs: 1000 },
      ])
      expect((await journal.scan(id))?.usage.calls).toBe(1)
    })

    test('a claim that the client library repeats is one claim', async () => {
      const { journal, redis, keys } = bench()
      const id = await planned(journal, names(1))
      const fault = JSON.stringify(FAULT)
      const args = ['w1', 5, fault, fault, 17_000, 't0.example.com', randomUUID()]
      const claimed = listClaimKeys(keys, id, [{ resource: 't0.example.com', contentKey: '' }])
      const once = await journalScripts.claim.run(redis, claimed, args)
      const again = await journalScripts.claim.run(redis, claimed, args)
      expect(again).toEqual(once)
      expect(await journal.item(id, 't0.example.com')).toMatchObject({ attempt: 1, attempts: [] })
      expect((await journal.scan(id))?.lastSeq).toBe(2)
    })

    test('claims and records of one turn have the same effect as sequential ones', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(3))
      const twice = ['t0.example.com', 't1.example.com', 't0.example.com', 'unheard-of']
      const claims = await Promise.all(twice.map((name) => journal.claim(id, name, 'w1')))
      const epochs = claims.map((claim) =>
        claim.outcome === 'refused' ? claim.because : epochOf(claim),
      )
      expect(epochs).toEqual([1, 1, 2, 'unknown'])
      const record = (name: string, epoch: number) => journal.record(id, name, epoch, SUCCEEDED)
      expect(
        await Promise.all([
          record('t0.example.com', 1),
          record('t0.example.com', 2),
          record('t1.example.com', 1),
          record('t0.example.com', 2),
          record('t2.example.com', 1),
        ]),
      ).toEqual(['fenced', 'recorded', 'recorded', 'duplicate', 'fenced'])
      const scan = await journal.scan(id)
      expect(scan?.progress).toMatchObject({ succeeded: 2, queued: 1, running: 0 })
      expect(scan?.usage.calls).toBe(2)
      const { repaired } = await journal.repair(id)
      expect(repaired).toEqual([])
    })

    test('a type that loses five workers fails, and the scan ends', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      for (let start = 0; start < 5; start++) await journal.claim(id, 't0.example.com', 'w1')
      expect(await journal.claim(id, 't0.example.com', 'w1')).toEqual({
        outcome: 'refused',
        because: 'already-done',
        ended: { status: 'failed', problem: expect.objectContaining({ reason: 'worker_lost' }) },
      })
      expect(await journal.scan(id)).toMatchObject({
        status: 'failed',
        failures: { byReason: { worker_lost: 1 }, sample: [{ resource: 't0.example.com' }] },
      })
    })

    test('a retrying item does not end the scan, and a free retry uses no attempt', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      await finish(journal, id, 't0.example.com', { ...RETRYING, usesNoAttempt: true })
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

    test('a claim names the account at which the last attempt failed, until the item ends', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(1))
      const failAt = (failedAccount?: string) =>
        finish(journal, id, 't0.example.com', { ...RETRYING, failedAccount })
      const failedAccount = async () => {
        const claim = await journal.claim(id, 't0.example.com', 'w1')
        await journal.record(id, 't0.example.com', epochOf(claim), RELEASED)
        return claim.outcome === 'claimed' ? claim.failedAccount : 'not claimed'
      }
      expect(await failedAccount()).toBeUndefined()
      await failAt('first')
      expect(await failedAccount()).toBe('first')
      // A rejection without a failed account leaves the last one.
      await failAt()
      expect(await failedAccount()).toBe('first')
      await failAt('second')
      expect(await failedAccount()).toBe('second')
      await finish(journal, id, 't0.example.com', FAILED)
      await journal.retry(id, 'me')
      expect(await failedAccount()).toBeUndefined()
    })

    test('a released item returns to its position in the plan and uses no attempt', async () => {
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

    test('a deferred item returns to its position and adds neither an attempt nor work time', async () => {
      const { journal } = bench()
      const id = await planned(journal, names(3))
      await finish(journal, id, 't0.example.com', DEFERRED)
      expect(await journal.item(id, 't0.example.com')).toMatchObject({
        status: 'queued',
        attempt: 0,
        attempts: [],
      })
      const queued = await journal.items(id, { status: 'queued', limit: 10 })
      expect(queued.data.map((item) => item.resource)).toEqual(names(3))
      expect(await journal.scan(id)).toMatchObject({ workMs: 0, usage: { calls: 0 } })
    })

    test('an abandoned item fails once, without a check of its epoch, and fences its worker', async () => {
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
  })
}
