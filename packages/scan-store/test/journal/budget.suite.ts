import { describe, expect, test } from 'vitest'
import type { Budget } from '@capstan/shared/contract/scan/budget'
import type { Journal, AttemptOutcome } from '@capstan/scan-store/journal/types'
import { entry, epochOf, FAILED, finish, names, newScan, planOf, SUCCEEDED } from './fixtures.ts'
import type { JournalConnections } from './journal-connections.ts'

// Each item of these scans is estimated at 100 tokens and 0.25 dollars.
const PRICE = { input: 1, cached: 1, output: 1 }

/** Opens a scan with a budget and `count` types to analyze. Returns its id. */
async function scanWith(journal: Journal, budget: Budget, count: number): Promise<string> {
  const scan = { ...newScan({ budget }), price: PRICE }
  await journal.open(scan)
  const entries = names(count).map((name) => ({ ...entry(name), estimatedCostUsd: 0.25 }))
  await journal.plan(scan.id, planOf(entries))
  return scan.id
}

function spending(tokens: number): AttemptOutcome {
  const usage = { inputTokens: tokens, cachedTokens: 0, outputTokens: 0 }
  return { ...SUCCEEDED, usage, costUsd: tokens / 1_000 }
}

/** Budgets of scans. */
export function budgetSuite(bench: () => JournalConnections): void {
  describe('budget', () => {
    test.each([
      ['maxTokens', { maxTokens: 250 }],
      ['maxCostUsd', { maxCostUsd: 0.6 }],
    ] as const)('%s stops the scan before the call that would pass it', async (limit, budget) => {
      const { journal } = bench()
      const id = await scanWith(journal, budget, 4)
      const claims = await Promise.all(names(4).map((name) => journal.claim(id, name, 'w1')))
      expect(claims.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(2)
      expect(await journal.scan(id)).toMatchObject({
        status: 'paused',
        pause: { by: 'budget', reason: 'budget_exceeded', problem: { retryable: false } },
        budget: { ...budget, stoppedBy: limit },
        progress: { running: 2, queued: 2 },
      })
      const { events } = await journal.events(id, 1, 10)
      expect(events.map(({ type }) => type)).toEqual([
        'resource.started',
        'resource.started',
        'scan.budget',
        'scan.paused',
      ])
      expect(events[2]?.data).toMatchObject({ limit, percent: 100, spent: 0 })
    })

    test('reservations of running types count as spent, and the unspent part is released', async () => {
      const { journal } = bench()
      const id = await scanWith(journal, { maxTokens: 150 }, 3)
      await finish(journal, id, 't0.example.com', spending(40))
      await finish(journal, id, 't1.example.com', spending(40))
      expect(await journal.claim(id, 't2.example.com', 'w1')).toMatchObject({ because: 'paused' })
      expect((await journal.scan(id))?.usage.inputTokens).toBe(80)
    })

    test('a type with an estimate of 0 or an unknown cost ends like any other type', async () => {
      const { journal } = bench()
      const scan = newScan({ budget: { maxTokens: 1_000 } })
      await journal.open(scan)
      await journal.plan(scan.id, planOf([{ ...entry('t0.example.com'), estimatedCostUsd: null }]))
      await finish(journal, scan.id, 't0.example.com', spending(40))
      expect(await journal.scan(scan.id)).toMatchObject({ status: 'succeeded' })
    })

    test('twenty concurrent workers spend no more than the budget', async () => {
      const { journal, otherJournal } = bench()
      const id = await scanWith(journal, { maxTokens: 1_000 }, 40)
      await Promise.all(
        names(40).map(async (name, index) => {
          const side = index % 2 === 0 ? journal : otherJournal
          const claim = await side.claim(id, name, `w${index % 20}`)
          if (claim.outcome === 'claimed') await side.record(id, name, claim.epoch, spending(100))
        }),
      )
      const scan = await journal.scan(id)
      expect(scan?.usage.inputTokens).toBe(1_000)
      expect(scan).toMatchObject({ status: 'paused', progress: { succeeded: 10, queued: 30 } })
    })

    test('a scan stopped by its budget resumes only when the reached limit is raised', async () => {
      const { journal } = bench()
      const id = await scanWith(journal, { maxTokens: 100, maxFailures: 5 }, 2)
      await finish(journal, id, 't0.example.com', spending(100))
      await journal.claim(id, 't1.example.com', 'w1')
      for (const budget of [undefined, { maxTokens: 100 }, { maxFailures: 50 }]) {
        expect(await journal.resume(id, 'ci', budget)).toEqual({
          outcome: 'over-budget',
          status: 'paused',
        })
      }
      expect(await journal.resume(id, 'ci', { maxTokens: 200 })).toMatchObject({
        outcome: 'changed',
      })
      expect((await journal.scan(id))?.budget).toEqual({
        maxTokens: 200,
        maxFailures: 5,
        stoppedBy: null,
      })
      await finish(journal, id, 't1.example.com', spending(100))
      expect((await journal.scan(id))?.status).toBe('succeeded')
    })

    test('the scan pauses when maxFailures is reached', async () => {
      const { journal } = bench()
      const id = await scanWith(journal, { maxFailures: 2 }, 4)
      await finish(journal, id, 't0.example.com', FAILED)
      await finish(journal, id, 't1.example.com', FAILED)
      expect(await journal.claim(id, 't2.example.com', 'w1')).toMatchObject({ because: 'paused' })
      expect((await journal.scan(id))?.budget.stoppedBy).toBe('maxFailures')
    })

    test('the event for 80 percent of a limit is written once', async () => {
      const { journal } = bench()
      const id = await scanWith(journal, { maxTokens: 1_000 }, 5)
      for (const name of names(4)) await finish(journal, id, name, spending(220))
      const { events } = await journal.events(id, 0, 50)
      const written = events.filter(({ type }) => type === 'scan.budget').map(({ data }) => data)
      expect(written).toEqual([{ limit: 'maxTokens', percent: 80, spent: 880, most: 1_000 }])
    })

    test('a more expensive model is reserved once before its call, and the unspent part is released', async () => {
      const { journal } = bench()
      const id = await scanWith(journal, { maxCostUsd: 1 }, 2)
      const [first, second] = names(2)
      const epoch = epochOf(await journal.claim(id, first!, 'w1'))
      // 0.7 replaces the 0.25 of the claim. A repeated call reserves the same 0.7.
      for (let n = 0; n < 2; n += 1) {
        expect(
          await journal.reserve(id, first!, epoch, { costUsd: 0.7, pausesWhenExceeded: true }),
        ).toBe('reserved')
      }
      await journal.record(id, first!, epoch, spending(500))
      const next = epochOf(await journal.claim(id, second!, 'w1'))
      expect(
        await journal.reserve(id, second!, next, { costUsd: 0.6, pausesWhenExceeded: true }),
      ).toBe('over-budget')
      expect(await journal.scan(id)).toMatchObject({
        status: 'paused',
        pause: { by: 'budget', reason: 'budget_exceeded' },
        budget: { stoppedBy: 'maxCostUsd' },
        progress: { running: 1, succeeded: 1 },
      })
      expect(
        await journal.reserve(id, second!, next - 1, { costUsd: 0.1, pausesWhenExceeded: true }),
      ).toBe('fenced')
      expect(
        await journal.reserve(id, 'nothing', 1, { costUsd: 0.1, pausesWhenExceeded: true }),
      ).toBe('unknown')
    })

    test('a hedged request also reserves tokens and does not pause the scan', async () => {
      const { journal } = bench()
      const id = await scanWith(journal, { maxTokens: 350 }, 3)
      const [first, second] = names(3)
      const epoch = epochOf(await journal.claim(id, first!, 'w1'))
      const two = { costUsd: 0.5, tokens: 200, pausesWhenExceeded: false }
      expect(await journal.reserve(id, first!, epoch, two)).toBe('reserved')
      const next = epochOf(await journal.claim(id, second!, 'w1'))
      expect(await journal.reserve(id, second!, next, two)).toBe('over-budget')
      expect(await journal.scan(id)).toMatchObject({ status: 'running', pause: null })
      // Both calls of the first type are reserved, so the budget does not suffice for a third type.
      expect(await journal.claim(id, 't2.example.com', 'w1')).toMatchObject({ because: 'paused' })
    })

    test('a scan without a budget may call any model', async () => {
      const { journal } = bench()
      const id = await scanWith(journal, {}, 1)
      const epoch = epochOf(await journal.claim(id, 't0.example.com', 'w1'))
      expect(
        await journal.reserve(id, 't0.example.com', epoch, {
          costUsd: 1_000,
          pausesWhenExceeded: true,
        }),
      ).toBe('reserved')
    })

    test('the reservation of a dead worker is released', async () => {
      const { journal } = bench()
      const id = await scanWith(journal, { maxTokens: 100 }, 1)
      await journal.claim(id, 't0.example.com', 'w1')
      const again = await journal.claim(id, 't0.example.com', 'w2')
      await journal.record(id, 't0.example.com', epochOf(again), spending(100))
      expect((await journal.scan(id))?.status).toBe('succeeded')
    })

    test('a budget of a millionth of a dollar is enforced, and events state dollars', async () => {
      const { journal } = bench()
      const id = await scanWith(journal, { maxCostUsd: 0.3 }, 2)
      await finish(journal, id, 't0.example.com', spending(250))
      await journal.claim(id, 't1.example.com', 'w1')
      const { events } = await journal.events(id, 0, 50)
      const written = events.filter(({ type }) => type === 'scan.budget').map(({ data }) => data)
      expect(written).toEqual([
        { limit: 'maxCostUsd', percent: 80, spent: 0.25, most: 0.3 },
        { limit: 'maxCostUsd', percent: 100, spent: 0.25, most: 0.3 },
      ])
    })
  })
}
