import { describe, expect, test } from 'vitest'
import type { Budget } from '@capstan/shared/contract/scan/budget'
import type { Journal, AttemptOutcome, UnclaimedAnswer } from '@capstan/scan-store/journal/types'
import { batchPrice, computeCostUsd } from '@capstan/shared/prices/price'
import { entry, epochOf, finish, names, newScan, planOf, RETRYING, SUMMARY } from './fixtures.ts'
import type { JournalConnections } from './journal-connections.ts'

const PRICE = { input: 2, cached: 1, output: 10 }
const USAGE = { inputTokens: 300, cachedTokens: 40, outputTokens: 50 }
const FOUND = { worker: 'poller', startedAt: '2026-11-23T10:00:00.000Z', durationMs: 20 }
const ANSWER: UnclaimedAnswer = { ...FOUND, ...SUMMARY, usage: USAGE, cached: false }
const [FIRST = '', SECOND = ''] = names(2)

/** Outcome of a worker that records the same answer from the batch store. */
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

/** Answers that no attempt of an item records. */
export function unclaimedSuite(bench: () => JournalConnections): void {
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
      'a batch answer %s gives the same item, sums and events as a record of a worker',
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

    test('a curated answer costs nothing, is no cache hit, and its event names its source', async () => {
      const { journal } = bench()
      const id = await open(1)
      const answer = { ...ANSWER, curatedVersion: 'v1' }
      expect(await journal.recordUnclaimed(id, FIRST, answer)).toBe('recorded')
      expect(await journal.scan(id)).toMatchObject({
        status: 'succeeded',
        usage: { calls: 0, cacheHits: 0, curatedAnswers: 1, inputTokens: 0, costUsd: 0 },
      })
      expect(await journal.item(id, FIRST)).toMatchObject({ cached: false, source: 'curated' })
      const { events } = await journal.events(id, 0, 50)
      const done = events.find(({ type }) => type === 'resource.succeeded')
      expect(done?.data).toMatchObject({ source: 'curated', cached: false, costUsd: 0 })
    })

    test('a repeated batch answer is recorded once', async () => {
      const { journal, otherJournal } = bench()
      const id = await open(2)
      await answerOf(id, FIRST)
      const outcomes = await Promise.all([
        journal.recordUnclaimed(id, FIRST, ANSWER),
        journal.recordUnclaimed(id, FIRST, ANSWER),
        otherJournal.recordUnclaimed(id, FIRST, ANSWER),
      ])
      expect(outcomes.toSorted()).toEqual(['duplicate', 'duplicate', 'recorded'])
      expect(await journal.recordUnclaimed(id, SECOND, ANSWER)).toBe('absent')
      expect((await journal.scan(id))?.usage.calls).toBe(1)
    })

    test('an unclaimed answer does not change a running, finished or unknown item or its batch answer', async () => {
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

    test('an unclaimed answer ends the item of a dead worker, and a later record of that worker has no effect', async () => {
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
      // The reservation of the lost worker is released.
      const { redis, keys } = bench()
      expect(await redis.hget(keys.scan(id), 'reservedTokens')).toBe('0')
    })

    test('an unclaimed answer removes the problem and the delay of a retrying item', async () => {
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

    test('a paused scan records paid answers and stays paused until the last one ends it', async () => {
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

/** The public view of one item, without links and times, which differ between two scans. */
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
