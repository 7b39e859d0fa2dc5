import { describe, expect, test } from 'vitest'
import type { Budget } from '@capstan/shared/contract/scan/budget'
import type { Journal, AttemptOutcome, UnclaimedAnswer } from '@capstan/scan-store/journal/types'
import { batchPrice, computeCostUsd } from '@capstan/shared/prices/price'
import { entry, epochOf, finish, names, newScan, planOf, RETRYING, SUMMARY } from './fixtures.ts'
import type { Bench } from './world.ts'

const PRICE = { input: 2, cached: 1, output: 10 }
const USAGE = { inputTokens: 300, cachedTokens: 40, outputTokens: 50 }
const FOUND = { worker: 'poller', startedAt: '2026-11-23T10:00:00.000Z', durationMs: 20 }
const ANSWER: UnclaimedAnswer = { ...FOUND, ...SUMMARY, usage: USAGE, cached: false }
const [FIRST = '', SECOND = ''] = names(2)

/** What a worker records that takes the same answer out of the batch store. */
const CLAIMED: AttemptOutcome = {
  ...FOUND,
  ...SUMMARY,
  type: 'succeeded',
  cached: false,
  fromBatch: true,
  usage: USAGE,
  calls: 1,
  provider: 'demo',
  model: 'demo-rules',
  costUsd: computeCostUsd(USAGE, batchPrice(PRICE)),
}

/** Answers of a scan's batches that no start of a type has recorded. */
export function unclaimedSuite(bench: () => Bench): void {
  const open = async (count: number, budget: Budget = {}): Promise<string> => {
    const scan = { ...newScan({ budget }), price: PRICE }
    await bench().journal.open(scan)
    await bench().journal.plan(scan.id, planOf(names(count).map((name) => entry(name))))
    return scan.id
  }
  const answerOf = (id: string, resource: string): Promise<number> =>
    bench().redis.hset(bench().keys.batchAnswers(id), resource, 'an answer')

  describe('unclaimed answers', () => {
    test.each<[string, Budget]>([
      ['without a budget', {}],
      ['that passes four fifths of a budget', { maxTokens: 400, maxCostUsd: 1 }],
    ])(
      'a batch answer %s leaves item, sums and events as a worker that records it does',
      async (_, budget) => {
        const { journal } = bench()
        const [byWorker, byPoller] = [await open(2, budget), await open(2, budget)]
        for (const id of [byWorker, byPoller]) await answerOf(id, FIRST)
        await finish(journal, byWorker, FIRST, CLAIMED)
        expect(await journal.recordUnclaimed(byPoller, FIRST, ANSWER)).toBe('recorded')
        const [worker, poller] = await Promise.all(
          [byWorker, byPoller].map((id) => seen(journal, id, FIRST)),
        )
        expect(poller).toEqual(worker)
        const { redis, keys } = bench()
        const left = [byWorker, byPoller].map((id) => redis.exists(keys.batchAnswers(id)))
        expect(await Promise.all(left)).toEqual([0, 0])
        expect(poller?.item).toMatchObject({
          status: 'succeeded',
          attempt: 1,
          cached: false,
          usage: USAGE,
          attempts: [{ outcome: 'succeeded', worker: 'poller', usage: USAGE }],
        })
        expect(poller?.scan.usage).toMatchObject({ calls: 1, costUsd: CLAIMED.costUsd })
      },
    )

    test('a stored answer costs nothing and counts as a cache hit', async () => {
      const { journal } = bench()
      const id = await open(1)
      expect(await journal.recordUnclaimed(id, FIRST, { ...ANSWER, cached: true })).toBe('recorded')
      expect(await journal.scan(id)).toMatchObject({
        status: 'succeeded',
        usage: { calls: 0, cacheHits: 1, inputTokens: 0, costUsd: 0 },
      })
    })

    test('a batch answer is recorded once, also when it is repeated', async () => {
      const { journal, rival } = bench()
      const id = await open(2)
      await answerOf(id, FIRST)
      const outcomes = await Promise.all([
        journal.recordUnclaimed(id, FIRST, ANSWER),
        journal.recordUnclaimed(id, FIRST, ANSWER),
        rival.recordUnclaimed(id, FIRST, ANSWER),
      ])
      expect(outcomes.toSorted()).toEqual(['duplicate', 'duplicate', 'recorded'])
      expect(await journal.recordUnclaimed(id, SECOND, ANSWER)).toBe('absent')
      expect((await journal.scan(id))?.usage.calls).toBe(1)
    })

    test('an item that runs, has ended or is unknown is left alone, and so is its batch answer', async () => {
      const { journal, redis, keys } = bench()
      const id = await open(2)
      for (const name of [FIRST, SECOND, 'none']) await answerOf(id, name)
      await journal.claim(id, FIRST, 'w1')
      await finish(journal, id, SECOND)
      const before = await journal.scan(id)
      expect(await journal.recordUnclaimed(id, FIRST, ANSWER)).toBe('busy')
      expect(await journal.recordUnclaimed(id, SECOND, ANSWER)).toBe('duplicate')
      expect(await journal.recordUnclaimed(id, 'none', ANSWER)).toBe('unknown')
      expect(await journal.recordUnclaimed('scan_0', FIRST, ANSWER)).toBe('unknown')
      expect(await journal.scan(id)).toEqual(before)
      expect(await redis.hlen(keys.batchAnswers(id))).toBe(3)
    })

    test('an item whose worker is gone is taken over, and what that worker records later has no effect', async () => {
      const { journal } = bench()
      const id = await open(2, { maxTokens: 10_000 })
      await answerOf(id, FIRST)
      const epoch = epochOf(await journal.claim(id, FIRST, 'w1'))
      const answer = { ...ANSWER, endsRunningItem: true }
      expect(await journal.recordUnclaimed(id, FIRST, answer)).toBe('recorded')
      expect(await journal.record(id, FIRST, epoch, CLAIMED)).toBe('fenced')
      const item = await journal.item(id, FIRST)
      expect(item?.attempts.map(({ outcome }) => outcome)).toEqual(['lost', 'succeeded'])
      expect((await journal.scan(id))?.usage.calls).toBe(1)
      // What the lost worker had reserved is free again.
      const { redis, keys } = bench()
      expect(await redis.hget(keys.scan(id), 'reservedTokens')).toBe('0')
    })

    test('an item that waits for its next attempt loses its fault and its delay', async () => {
      const { journal } = bench()
      const id = await open(2)
      await finish(journal, id, FIRST, RETRYING)
      await answerOf(id, FIRST)
      await journal.recordUnclaimed(id, FIRST, ANSWER)
      expect(await journal.item(id, FIRST)).toMatchObject({
        status: 'succeeded',
        attempt: 2,
        problem: null,
        nextAttemptAt: null,
      })
    })

    test('a paused scan takes its paid answers and stays paused until the last one ends it', async () => {
      const { journal } = bench()
      const id = await open(2)
      await journal.pause(id, 'me', 'asked')
      for (const name of [FIRST, SECOND]) await answerOf(id, name)
      await journal.recordUnclaimed(id, FIRST, ANSWER)
      expect(await journal.scan(id)).toMatchObject({
        status: 'paused',
        progress: { succeeded: 1, queued: 1 },
      })
      await journal.recordUnclaimed(id, SECOND, ANSWER)
      expect(await journal.scan(id)).toMatchObject({ status: 'succeeded' })
    })
  })
}

/** All that readers of a scan see of one item, without links and times that differ between two scans. */
async function seen(journal: Journal, id: string, resource: string) {
  const [item, scan, { events }] = await Promise.all([
    journal.item(id, resource),
    journal.scan(id),
    journal.events(id, 0, 100),
  ])
  if (!item || !scan) throw new Error(`${id} is gone`)
  const { startedAt: _, finishedAt: __, links: ___, ...facts } = item
  const { status, progress, usage, budget, workMs, lastSeq } = scan
  return {
    item: facts,
    scan: { status, progress, usage, budget, workMs, lastSeq },
    events: events.map(({ seq, type, data }) => ({ seq, type, data })),
  }
}
