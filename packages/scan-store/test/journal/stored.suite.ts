import { UNKNOWN_ETA } from '@capstan/shared/contract/speed/eta'
import { describe, expect, test } from 'vitest'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import type { NewScan } from '@capstan/scan-store/journal/open/new-scan'
import type { Journal, PlanEntry } from '@capstan/scan-store/journal/types'
import type { StoredEvent } from '@capstan/shared/contract/scan/scan-event'
import { entry, FACTS, finish, names, newScan, planOf, SUCCEEDED, SUMMARY } from './fixtures.ts'
import type { JournalConnections } from './journal-connections.ts'

/** Types whose answer is stored before the plan is written. */
export function storedSuite(bench: () => JournalConnections): void {
  describe('stored answers', () => {
    test('a plan of stored and unchanged types seals the scan immediately, and a repeated plan changes nothing', async () => {
      const { journal } = bench()
      const entries = [entry('a.example.com', 'stored'), entry('b.example.com', 'unchanged')]
      const id = await planned(journal, entries)
      const before = await journal.scan(id)
      expect(before).toMatchObject({
        status: 'succeeded',
        progress: { total: 2, succeeded: 1, skipped: 1, percent: 100 },
        usage: { calls: 0, inputTokens: 0, outputTokens: 0, cacheHits: 1, costUsd: 0 },
        workMs: 0,
        lastSeq: 4,
      })
      expect(await journal.plan(id, planOf(entries))).toBe('already-planned')
      expect(await journal.scan(id)).toEqual(before)
      expect(await journal.pending(id)).toEqual([])
    })

    test('a stored item is succeeded, cached and without an attempt', async () => {
      const { journal } = bench()
      const id = await planned(journal, [entry('a.example.com', 'stored')])
      expect(await journal.item(id, 'a.example.com')).toMatchObject({
        status: 'succeeded',
        cached: true,
        source: 'rules',
        confidence: SUMMARY.confidence,
        attempt: 0,
        attempts: [],
        usage: NO_USAGE,
        durationMs: 0,
        startedAt: null,
        finishedAt: expect.any(String),
      })
      expect((await journal.findings(id)).get('a.example.com')).toMatchObject({
        status: 'succeeded',
        contentKey: entry('').contentKey,
        answer: SUMMARY.answerHash,
      })
    })

    test('a curated item is succeeded without a call, a cache hit or a cost, and its event names its source', async () => {
      const { journal } = bench()
      const id = await planned(journal, [entry('a.example.com', 'curated')])
      expect(await journal.scan(id)).toMatchObject({
        status: 'succeeded',
        progress: { total: 1, succeeded: 1 },
        usage: { calls: 0, cacheHits: 0, curatedAnswers: 1, costUsd: 0 },
      })
      expect(await journal.item(id, 'a.example.com')).toMatchObject({
        status: 'succeeded',
        cached: false,
        source: 'curated',
        attempts: [],
      })
      const data = { cached: false, source: 'curated', costUsd: 0, ...withoutHash(SUMMARY) }
      expect(await succeeded(journal, id)).toMatchObject(data)
    })

    test('a curated answer that a worker records counts as curated and not as a cache hit', async () => {
      const { journal } = bench()
      const id = await planned(journal, [entry('a.example.com')])
      const curated = { provider: 'curated', usage: NO_USAGE, calls: 0, costUsd: 0 }
      await finish(journal, id, 'a.example.com', { ...SUCCEEDED, ...curated })
      expect((await journal.scan(id))?.usage).toMatchObject({ cacheHits: 0, curatedAnswers: 1 })
      expect(await journal.item(id, 'a.example.com')).toMatchObject({ source: 'curated' })
      expect(await succeeded(journal, id)).toMatchObject({ source: 'curated' })
    })

    test.each([
      ['a known price', { input: 1, cached: 1, output: 1 }, 0],
      ['an unknown price', null, null],
    ])(
      'with %s the event of a stored type equals the event of a worker that finds the same answer',
      async (_, price, costUsd) => {
        const { journal } = bench()
        const stored = { ...entry('a.example.com', 'stored'), estimatedCostUsd: price && 0.25 }
        const byPlan = await planned(journal, [stored], { price })
        const byWorker = await planned(journal, [entry('a.example.com')], { price })
        await finish(journal, byWorker, 'a.example.com', {
          ...SUCCEEDED,
          ...FACTS,
          ...SUMMARY,
          cached: true,
          usage: NO_USAGE,
          calls: 0,
          costUsd,
          durationMs: 0,
        })
        const [planEvent, workerEvent] = [
          await succeeded(journal, byPlan),
          await succeeded(journal, byWorker),
        ]
        expect(planEvent).toEqual(workerEvent)
        expect(planEvent).toMatchObject({ cached: true, costUsd, usage: NO_USAGE })
        const usages = await Promise.all([byPlan, byWorker].map((id) => journal.scan(id)))
        expect(usages[0]?.usage).toEqual(usages[1]?.usage)
      },
    )

    test('stored types do not count in the finish rate, the ETA or the remaining tokens', async () => {
      const { journal, redis, keys } = bench()
      const stored = Array.from({ length: 50 }, (_, index) => entry(`s${index}.x`, 'stored'))
      const id = await planned(journal, [...stored, ...names(5).map((name) => entry(name))])
      expect(await journal.scan(id)).toMatchObject({
        status: 'queued',
        eta: UNKNOWN_ETA,
      })
      expect(await redis.hget(keys.scan(id), 'leftTokens')).toBe('500')
      await finish(journal, id, 't0.example.com')
      expect((await journal.scan(id))?.eta).toEqual(UNKNOWN_ETA)
    })

    test('types without a call are worth the mean of the model, also in a scan without calls', async () => {
      const { journal } = bench()
      const paid = { provider: 'anthropic', model: 'mean-test' } as const
      const id = await planned(
        journal,
        names(6).map((name) => entry(name)),
        paid,
      )
      for (const name of names(6)) await finish(journal, id, name)
      const { usage, workMs } = (await journal.scan(id)) ?? {}
      expect(usage?.saved).toEqual({ types: 0, costUsd: 0, ms: 0 })
      const again = await planned(journal, [entry('s0.x', 'stored'), entry('s1.x', 'stored')], paid)
      expect((await journal.scan(again))?.usage.saved).toEqual({
        types: 2,
        costUsd: ((usage?.costUsd ?? 0) / 6) * 2,
        ms: Math.round(((workMs ?? 0) / 6) * 2),
      })
    })

    test('a retry requeues failed types and leaves stored ones unchanged', async () => {
      const { journal } = bench()
      const entries = [entry('a.example.com', 'stored'), entry('b.example.com', 'undescribable')]
      const id = await planned(journal, entries)
      expect((await journal.scan(id))?.status).toBe('partial')
      expect(await journal.retry(id, 'ci')).toMatchObject({ requeued: 1 })
      expect((await journal.scan(id))?.progress).toMatchObject({ succeeded: 1, queued: 1 })
    })
  })
}

async function planned(
  journal: Journal,
  entries: PlanEntry[],
  change: Partial<NewScan> = {},
): Promise<string> {
  const scan = { ...newScan(), ...change }
  await journal.open(scan)
  await journal.plan(scan.id, planOf(entries))
  return scan.id
}

function withoutHash({ answerHash: _hash, ...summary }: typeof SUMMARY) {
  return summary
}

async function succeeded(journal: Journal, id: string): Promise<StoredEvent['data'] | undefined> {
  const { events } = await journal.events(id, 0, 10)
  return events.find(({ type }) => type === 'resource.succeeded')?.data
}
