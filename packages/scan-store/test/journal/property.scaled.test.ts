import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { isDone } from '@capstan/shared/contract/scan/scan-status'
import type { Progress } from '@capstan/shared/contract/scan/progress'
import { ITEM_STATUSES, type ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import { openJournal } from '@capstan/scan-store/journal/journal'
import { listScanKeys } from '@capstan/scan-store/journal/script-keys'
import { testRedis } from '@capstan/testkit/redis'
import { scaled } from '@capstan/testkit/scaled'
import type { UnclaimedAnswer } from '@capstan/scan-store/journal/types'
import {
  entry,
  FACTS,
  FAILED,
  FAULT,
  newScan,
  planOf,
  DEFERRED,
  RELEASED,
  RETRYING,
  SUCCEEDED,
  SUMMARY,
} from './fixtures.ts'
import * as model from './model.ts'

const { url, keys } = testRedis()
const redis = new Redis(url)
const journal = openJournal(redis, keys)
afterAll(() => redis.quit())

// Few items, so that random steps also reach the end of a scan and the steps after it.
const WAITING = ['a.example.com', 'b.example.com']
const RESOURCES = [
  ...WAITING,
  'stored.example.com',
  'curated.example.com',
  'known.example.com',
  'odd.example.com',
]
const PLAN = planOf([
  ...WAITING.map((name) => entry(name)),
  entry('stored.example.com', 'stored'),
  entry('curated.example.com', 'curated'),
  entry('known.example.com', 'unchanged'),
  entry('odd.example.com', 'undescribable'),
])
const WORKERS = ['w1', 'w2', 'w3']
const OUTCOMES = [
  SUCCEEDED,
  { ...SUCCEEDED, cached: true },
  { ...SUCCEEDED, provider: 'curated' },
  FAILED,
  RETRYING,
  { ...RETRYING, usesNoAttempt: true },
  DEFERRED,
  RELEASED,
]

/** At this price a batch answer costs as much as each outcome above. */
const PRICE = { input: 50_000, cached: 0, output: 0 }
const BATCH_ANSWER: UnclaimedAnswer = {
  ...SUMMARY,
  worker: 'poller',
  startedAt: FACTS.startedAt,
  durationMs: FACTS.durationMs,
  usage: FACTS.usage,
  cached: false,
}
const UNCLAIMED: UnclaimedAnswer[] = [
  BATCH_ANSWER,
  { ...BATCH_ANSWER, endsRunningItem: true },
  { ...BATCH_ANSWER, cached: true, durationMs: 0 },
  { ...BATCH_ANSWER, curatedVersion: 'v1', durationMs: 0 },
]

const resource = fc.constantFrom(...RESOURCES)
/** Called in one turn of the event loop, so that they share one script call. */
function joined<T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(one, { minLength: 1, maxLength: 4 })
}
const worker = fc.constantFrom(...WORKERS)
const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant('plan' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      resources: joined(resource),
      worker,
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      outcomes: joined(fc.tuple(resource, fc.constantFrom(...OUTCOMES))),
      worker,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('recordUnclaimed' as const),
      answers: joined(fc.tuple(resource, fc.constantFrom(...UNCLAIMED))),
      /** The batch store holds their answers. */
      collected: fc.subarray(RESOURCES),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abandon' as const), resource }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('pause', 'resume', 'cancel', 'failScan') }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('retry' as const),
      only: fc.uniqueArray(resource, { maxLength: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('discard' as const),
      only: fc.uniqueArray(resource, { maxLength: 2 }),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

test('any sequence of calls gives the same results in the journal and in the model', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(step, { minLength: 5, maxLength: 70, size: 'max' }),
      async (planFirst, steps) => {
        const scan = { ...newScan(), price: PRICE }
        await journal.open(scan)
        const expected = model.newModel()
        const held = new Map<string, number>()
        const seen = new Map<number, Progress>()
        for (const next of planFirst ? [{ do: 'plan' as const }, ...steps] : steps) {
          const [answer, wanted] = await perform(scan.id, expected, held, next)
          expect(answer).toEqual(wanted)
          await expectAgreement(scan.id, expected)
          const { lastSeq = 0, progress } = (await journal.scan(scan.id)) ?? {}
          if (progress) seen.set(lastSeq, progress)
        }
        await expectItems(scan.id, expected)
        for (const [seq, progress] of seen)
          expect(await journal.progressAt(scan.id, seq)).toMatchObject({
            outcome: 'found',
            seq,
            progress,
          })
      },
    ),
    { numRuns: scaled(30, 120) },
  )
})

/** Runs one step in the journal and in the model. A worker records with its last epoch, which may be old. */
async function perform(
  scanId: string,
  expected: model.ScanModel,
  held: Map<string, number>,
  next: Step,
): Promise<[unknown, unknown]> {
  switch (next.do) {
    case 'plan':
      return [
        await journal.plan(scanId, PLAN),
        model.plan(expected, [
          ...WAITING.map((name): [string, 'queued'] => [name, 'queued']),
          ['stored.example.com', 'stored'],
          ['curated.example.com', 'curated'],
          ['known.example.com', 'skipped'],
          ['odd.example.com', 'failed'],
        ]),
      ]
    case 'claim': {
      const { resources, worker } = next
      const claims = await Promise.all(resources.map((name) => journal.claim(scanId, name, worker)))
      const wanted = resources.map((name): unknown => model.claim(expected, name))
      for (const [index, claim] of claims.entries()) {
        if (claim.outcome !== 'claimed') continue
        held.set(`${worker} ${resources[index]}`, claim.epoch)
        wanted[index] = expect.objectContaining(wanted[index])
      }
      return [claims, wanted]
    }
    case 'record': {
      const epochOf = (name: string): number => held.get(`${next.worker} ${name}`) ?? 0
      return [
        await Promise.all(
          next.outcomes.map(([name, outcome]) =>
            journal.record(scanId, name, epochOf(name), outcome),
          ),
        ),
        next.outcomes.map(([name, outcome]) =>
          model.record(expected, name, epochOf(name), outcome),
        ),
      ]
    }
    case 'recordUnclaimed': {
      const store = keys.batchAnswers(scanId)
      for (const name of next.collected) await redis.hset(store, name, 'an answer')
      const collected = new Set(await redis.hkeys(store))
      return [
        await Promise.all(
          next.answers.map(([name, answer]) => journal.recordUnclaimed(scanId, name, answer)),
        ),
        next.answers.map(([name, answer]) => {
          const outcome = model.recordUnclaimed(expected, name, answer, collected.has(name))
          if (outcome === 'recorded' && !answer.cached) collected.delete(name)
          return outcome
        }),
      ]
    }
    case 'abandon':
      return [
        await journal.abandon(scanId, next.resource, FAULT),
        model.abandon(expected, next.resource),
      ]
    case 'retry':
      return [await journal.retry(scanId, 'test', next.only), model.retry(expected, next.only)]
    case 'discard':
      return [await journal.discard(scanId, next.only), model.discard(expected, next.only)]
    case 'pause':
      return [await journal.pause(scanId, 'test', 'because'), model.pause(expected)]
    case 'resume':
      return [await journal.resume(scanId, 'test'), model.resume(expected)]
    case 'cancel':
      return [await journal.cancel(scanId, 'test'), model.cancel(expected)]
    case 'failScan':
      return [await journal.failScan(scanId, FAULT), model.failScan(expected)]
  }
  throw new Error(`no such step: ${JSON.stringify(next)}`)
}

async function expectAgreement(scanId: string, expected: model.ScanModel): Promise<void> {
  const scan = await journal.scan(scanId)
  const counts = Object.fromEntries(
    ITEM_STATUSES.map((status) => [status, model.countOf(expected, status)]),
  )
  expect(scan).toMatchObject({
    status: expected.status,
    done: isDone(expected.status),
    runAttempt: expected.runAttempt,
    progress: { total: expected.planned ? RESOURCES.length : null, ...counts },
    usage: {
      calls: expected.calls,
      cacheHits: expected.cacheHits,
      curatedAnswers: expected.curatedAnswers,
      costUsd: expected.calls * 0.25,
    },
    workMs: expected.calls * 1000,
    lastSeq: expected.events.length,
  })
  const discarded = [...expected.items.values()].filter((item) => item.isDiscarded === true)
  expect(scan?.failures.discarded).toBe(discarded.length)
  const byReason = Object.values(scan?.failures.byReason ?? {})
  expect(byReason.reduce((sum, count) => sum + count, 0)).toBe(scan?.progress.failed)
  if (expected.planned) {
    const left = [...expected.items.values()].filter((item) =>
      ['queued', 'running', 'retrying'].includes(item.status),
    )
    expect(scan?.done).toBe(left.length === 0)
    // Each entry has an estimate of 100 tokens.
    const leftTokens = await redis.hget(keys.scan(scanId), 'leftTokens')
    expect(Number(leftTokens)).toBe(100 * left.length)
    expect(await membership(scanId)).toEqual(
      new Map([...expected.items].map(([name, item]) => [name, [item.status]])),
    )
  }
  const { events } = await journal.events(scanId, 0, 1000)
  expect(events.map((event) => event.seq)).toEqual(expected.events.map((_, index) => index + 1))
  expect(events.map((event) => event.type)).toEqual(expected.events)
  expect(await redis.hexists(keys.activeScans, scanId)).toBe(isDone(expected.status) ? 0 : 1)
  await expectLifetimes(scanId, isDone(expected.status))
}

/** Resource -> the status sets that contain it. */
async function membership(scanId: string): Promise<Map<string, ItemStatus[]>> {
  const found = new Map<string, ItemStatus[]>(RESOURCES.map((name) => [name, []]))
  for (const status of ITEM_STATUSES) {
    const members = await redis.zrange(keys.scanStatus(scanId, status), 0, '-1')
    for (const name of members) found.get(String(name))?.push(status)
  }
  return found
}

/** All keys of a finished scan have a TTL, and no key of an unfinished one. */
async function expectLifetimes(scanId: string, done: boolean): Promise<void> {
  const own = listScanKeys(keys, scanId).filter((key) => key.includes(scanId))
  const ttls = await Promise.all(own.map((key) => redis.ttl(key)))
  const living = ttls.filter((ttl) => ttl !== -2)
  expect(living.length).toBeGreaterThan(0)
  expect(living.every((ttl) => (done ? ttl > 0 : ttl === -1))).toBe(true)
}

async function expectItems(scanId: string, expected: model.ScanModel): Promise<void> {
  for (const [name, item] of expected.items) {
    const found = await journal.item(scanId, name)
    expect(found).toMatchObject({ status: item.status, attempt: item.attempt })
    expect(found?.attempts.map((attempt) => attempt.outcome)).toEqual(item.attempts)
    expect(found?.attempts.map((attempt) => attempt.n)).toEqual(item.attempts.map((_, n) => n + 1))
  }
  const left = await journal.repair(scanId)
  expect(left.repaired).toEqual([])
}
