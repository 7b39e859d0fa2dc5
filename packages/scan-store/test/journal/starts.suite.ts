import { describe, expect, test } from 'vitest'
import type { NewScan, OpenOutcome } from '@capstan/scan-store/journal/open/new-scan'
import type { Journal } from '@capstan/scan-store/journal/types'
import { entry, FAILED, finish, names, newScan, planOf } from './fixtures.ts'
import type { JournalConnections } from './journal-connections.ts'

type Request = Partial<NewScan['request']>
type Change = Partial<Pick<NewScan, 'provider' | 'model'>> & { request?: Request }

const TYPES = names(3)

/** Creates a scan with the types that its patterns resolve to, as the API does. */
function start(cluster: string, resources = TYPES, change: Change = {}): NewScan {
  const { request, ...other } = change
  return {
    ...newScan({ cluster, include: resources, ...request }),
    ...other,
    requested: { resources },
  }
}

/** Opens a scan and writes a plan that analyzes its types. */
async function running(journal: Journal, scan: NewScan): Promise<string> {
  await journal.open({ ...scan, request: { ...scan.request, onConflict: 'parallel' } })
  const resources = scan.requested?.resources ?? []
  await journal.plan(scan.id, planOf(resources.map((name) => entry(name))))
  return scan.id
}

const joined = (scanId: string, because: 'covers' | 'equal'): OpenOutcome => ({
  outcome: 'joined',
  scanId,
  because,
})
const OPENED: OpenOutcome = { outcome: 'opened' }

/** Joining of running scans. */
export function startsSuite(bench: () => JournalConnections): void {
  describe('starts', () => {
    joinsByPlan(bench)
    joinsByLimits(bench)
    joinsWithoutPlan(bench)
    contentKeyRows(bench)
  })
}

function joinsByPlan(bench: () => JournalConnections): void {
  const newCluster = (): string => newScan().request.cluster

  test('a request joins the running scan whose plan contains all its types', async () => {
    const { journal } = bench()
    const cluster = newCluster()
    await running(journal, start(cluster, ['other.example.com']))
    const covering = await running(journal, start(cluster))
    await running(journal, start(cluster, TYPES.slice(0, 1)))
    for (const resources of [TYPES.slice(0, 2), TYPES]) {
      expect(await journal.open(start(cluster, resources))).toEqual(joined(covering, 'covers'))
    }
  })

  test('a request with a type that no running scan contains opens a scan', async () => {
    const { journal } = bench()
    const cluster = newCluster()
    await running(journal, start(cluster))
    const more = [...TYPES, 'other.example.com']
    expect(await journal.open(start(cluster, more))).toEqual(OPENED)
  })

  test.each<[string, Change, Change]>([
    ['another provider', {}, { provider: 'openai' }],
    ['another model', {}, { model: 'other' }],
    ['mode full beside incremental', {}, { request: { mode: 'full' } }],
    ['execution batch beside calls', {}, { request: { execution: 'batch' } }],
    ['curated answers beside none', {}, { request: { curated: true } }],
    ['no curated answers beside some', { request: { curated: true } }, {}],
    ['execution calls beside batch', { request: { execution: 'batch' } }, {}],
  ])('a request with %s does not join', async (_, first, second) => {
    const { journal } = bench()
    const cluster = newCluster()
    await running(journal, start(cluster, TYPES, first))
    expect(await journal.open(start(cluster, TYPES, second))).toEqual(OPENED)
  })

  test('a request for another cluster does not join', async () => {
    const { journal } = bench()
    await running(journal, start(newCluster()))
    expect(await journal.open(start(newCluster()))).toEqual(OPENED)
  })

  test('an incremental request joins a full scan', async () => {
    const { journal } = bench()
    const cluster = newCluster()
    const full = await running(journal, start(cluster, TYPES, { request: { mode: 'full' } }))
    expect(await journal.open(start(cluster))).toEqual(joined(full, 'covers'))
  })

  test('onConflict parallel never joins', async () => {
    const { journal } = bench()
    const cluster = newCluster()
    await running(journal, start(cluster))
    const beside = start(cluster, TYPES, { request: { onConflict: 'parallel' } })
    expect(await journal.open(beside)).toEqual(OPENED)
  })

  test('a paused or canceling scan is not joined, but onConflict reject names it until it has ended', async () => {
    const { journal } = bench()
    const reject = { request: { onConflict: 'reject' as const } }
    for (const stop of ['pause', 'cancel'] as const) {
      const cluster = newCluster()
      const id = await running(journal, start(cluster))
      const epoch = await journal.claim(id, TYPES[0] ?? '', 'w1')
      if (epoch.outcome !== 'claimed') throw new Error('not claimed')
      await journal[stop](id, 'test', 'because')
      const refused = { outcome: 'conflict', scanId: id }
      expect(await journal.open(start(cluster, ['other.example.com'], reject))).toEqual(refused)
      expect(await journal.open(start(cluster))).toEqual(OPENED)
    }
  })

  test('a finished scan is neither joined nor a conflict', async () => {
    const { journal } = bench()
    const cluster = newCluster()
    const id = await running(journal, start(cluster))
    await journal.cancel(id, 'test')
    const reject = { request: { onConflict: 'reject' as const } }
    expect(await journal.open(start(cluster, TYPES, reject))).toEqual(OPENED)
  })

  test('a partly retried scan does not cover the types that stay canceled', async () => {
    const { journal } = bench()
    const cluster = newCluster()
    const [first = '', ...rest] = TYPES
    const id = await running(journal, start(cluster))
    await finish(journal, id, first, FAILED)
    await journal.cancel(id, 'test')
    await journal.retry(id, 'test', [first])
    expect(await journal.open(start(cluster, rest))).toEqual(OPENED)
    expect(await journal.open(start(cluster, [first]))).toMatchObject({ outcome: 'joined' })
  })

  test('a request without resolved types does not join a scan that has a plan', async () => {
    const { journal } = bench()
    const { requested: _, ...unknown } = start(newCluster())
    await running(journal, start(unknown.request.cluster))
    expect(await journal.open(unknown)).toEqual(OPENED)
  })

  test('a request for 5,000 types joins the scan whose plan contains all of them', async () => {
    const { journal } = bench()
    const cluster = newCluster()
    const all = names(5_000)
    for (const other of ['x', 'y', 'z']) {
      await running(journal, start(cluster, [...all.slice(1), `${other}.example.com`]))
    }
    const covering = await running(journal, start(cluster, [...all, 'more.example.com']))
    expect(await journal.open(start(cluster, all))).toEqual(joined(covering, 'covers'))
    await journal.cancel(covering, 'test')
    expect(await journal.open(start(cluster, all))).toEqual(OPENED)
  })
}

function joinsByLimits(bench: () => JournalConnections): void {
  const LIMITS: [string, (most: number) => Request][] = [
    ['maxTokens', (most) => ({ budget: { maxTokens: most } })],
    ['maxCostUsd', (most) => ({ budget: { maxCostUsd: most } })],
    ['maxFailures', (most) => ({ budget: { maxFailures: most } })],
    ['concurrency', (most) => ({ concurrency: most })],
  ]
  for (const [name, limit] of LIMITS) {
    test.each<[string, Request, Request, 'joined' | 'opened']>([
      ['an equal one', limit(5), limit(5), 'joined'],
      ['a smaller one', limit(4), limit(5), 'joined'],
      ['a larger one', limit(6), limit(5), 'opened'],
      ['none', {}, limit(5), 'opened'],
    ])(`a request with ${name} beside a scan with %s is %s`, async (_, first, second, outcome) => {
      const { journal } = bench()
      const { cluster } = newScan().request
      await running(journal, start(cluster, TYPES, { request: first }))
      expect(await journal.open(start(cluster, TYPES, { request: second }))).toMatchObject({
        outcome,
      })
    })

    test(`a request without ${name} joins a scan that has one`, async () => {
      const { journal } = bench()
      const { cluster } = newScan().request
      await running(journal, start(cluster, TYPES, { request: limit(5) }))
      expect(await journal.open(start(cluster))).toMatchObject({ outcome: 'joined' })
    })
  }
}

function joinsWithoutPlan(bench: () => JournalConnections): void {
  test('two equal concurrent requests on two connections give one scan', async () => {
    const { journal, otherJournal } = bench()
    for (let turn = 0; turn < 20; turn++) {
      const { cluster } = newScan().request
      const answers = await Promise.all(
        [journal, otherJournal].map((one) => one.open(start(cluster))),
      )
      expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(['joined', 'opened'])
    }
  })

  test('without a plan, a request joins a scan with equal patterns in any order, and not with a subset', async () => {
    const { journal } = bench()
    const { cluster } = newScan().request
    const first = start(cluster)
    await journal.open(first)
    const reordered = start(cluster, TYPES.toReversed())
    expect(await journal.open(reordered)).toEqual(joined(first.id, 'equal'))
    expect(await journal.open(start(cluster, TYPES.slice(0, 1)))).toEqual(OPENED)
  })

  test.each<[string, Request]>([
    ['mode', { mode: 'full' }],
    ['excluded types', { exclude: ['other.example.com'] }],
    ['a budget', { budget: { maxTokens: 5 } }],
    ['a concurrency', { concurrency: 2 }],
  ])('without a plan, a request with another %s does not join', async (_, request) => {
    const { journal } = bench()
    const { cluster } = newScan().request
    await journal.open(start(cluster))
    expect(await journal.open(start(cluster, TYPES, { request }))).toEqual(OPENED)
  })

  test('a request with another priority, order or labels joins an equal scan', async () => {
    const { journal } = bench()
    const { cluster } = newScan().request
    const first = start(cluster)
    await journal.open(first)
    const request = { priority: 'high', order: 'smallest-first', labels: { team: 'a' } } as const
    const second = start(cluster, TYPES, { request })
    expect(await journal.open(second)).toEqual(joined(first.id, 'equal'))
  })

  test('a request made while a plan is written joins by that plan or opens a scan', async () => {
    const { journal, otherJournal } = bench()
    for (let turn = 0; turn < 20; turn++) {
      const { cluster } = newScan().request
      const first = start(cluster)
      await journal.open(first)
      const [, answer] = await Promise.all([
        journal.plan(first.id, planOf(TYPES.map((name) => entry(name)))),
        otherJournal.open(start(cluster, TYPES.slice(0, 1))),
      ])
      const { outcome } = answer
      expect(['opened', 'joined']).toContain(outcome)
      if (outcome === 'joined') expect(answer).toEqual(joined(first.id, 'covers'))
    }
  })
}

function contentKeyRows(bench: () => JournalConnections): void {
  const same = 'b'.repeat(64)
  const withKeys = (cluster: string, key: string): NewScan => ({
    ...start(cluster),
    requested: {
      resources: TYPES,
      contentKeys: Object.fromEntries(TYPES.map((name) => [name, key])),
    },
  })

  test('a request with content keys joins only a scan with the same content keys', async () => {
    const { journal } = bench()
    const { cluster } = newScan().request
    const id = await running(journal, start(cluster))
    expect(await journal.open(withKeys(cluster, same))).toEqual(joined(id, 'covers'))
    expect(await journal.open(withKeys(cluster, 'c'.repeat(64)))).toEqual(OPENED)
  })

  test('a request with content keys does not join an equal scan without a plan, because that may read older definitions', async () => {
    const { journal } = bench()
    const { cluster } = newScan().request
    await journal.open(start(cluster))
    expect(await journal.open(withKeys(cluster, same))).toEqual(OPENED)
  })
}
