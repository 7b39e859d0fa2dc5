import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { makeCapability } from '@capstan/testkit/make-capability'
import { testRedis } from '@capstan/testkit/redis'
import type { Catalog } from './catalog.ts'
import { openRedisCatalog } from './redis-catalog.ts'

const DATABASE = makeCapability({
  kind: 'PostgresCluster',
  group: 'db.example.com',
  capabilities: ['PostgreSQL database', 'automatic failover'],
  providers: ['PostgreSQL'],
  complexity: 'high',
  searchPhrases: ['postgres with backups'],
  description: 'Runs a database.',
  useCase: 'Applications that need SQL.',
  confidence: 0.4,
})
const CRON = makeCapability()

function openTwo(): [Catalog, Catalog] {
  const { url, keys } = testRedis()
  const first = new Redis(url)
  const second = new Redis(url)
  onTestFinished(() => {
    first.disconnect()
    second.disconnect()
  })
  return [openRedisCatalog(first, keys), openRedisCatalog(second, keys)]
}

test('what one replica writes another one finds, changes and removals included', async () => {
  const [writer, reader] = openTwo()
  await writer.put([DATABASE, CRON])
  expect(await reader.get('default', CRON.resource)).toEqual(CRON)
  expect((await reader.search('nightly job', {}, 5)).hits[0]?.capability.kind).toBe('CronJob')
  await writer.put([{ ...CRON, searchPhrases: ['weekly digest'] }])
  expect((await reader.search('weekly digest', {}, 5)).hits[0]?.capability.kind).toBe('CronJob')
  expect(await writer.remove('default', CRON.resource)).toBe(true)
  expect(await writer.remove('default', CRON.resource)).toBe(false)
  expect((await reader.search('weekly digest', {}, 5)).hits).toEqual([])
  expect(await reader.count({})).toBe(1)
})

test.each([
  ['postgres', 'PostgresCluster'],
  ['Postgres Cluster', 'PostgresCluster'],
  ['postgrse failover', 'PostgresCluster'],
  ['cronjobs', 'CronJob'],
  ['run jobs nightly', 'CronJob'],
])('%s finds %s', async (query, kind) => {
  const [catalog] = openTwo()
  await catalog.put([DATABASE, CRON])
  const { hits, mode } = await catalog.search(query, {}, 5)
  expect(hits[0]?.capability.kind).toBe(kind)
  expect(hits[0]?.matched.length).toBeGreaterThan(0)
  expect(mode).toBe('keyword')
})

test('filters hold for lists, counts, searches and facets alike', async () => {
  const [catalog] = openTwo()
  await catalog.put([DATABASE, CRON, makeCapability({ cluster: 'prod' })])
  expect(await catalog.count({ provider: 'postgresql' })).toBe(1)
  expect(await catalog.count({ minConfidence: 0.5, cluster: 'default' })).toBe(1)
  expect(await catalog.count({ complexity: 'high', scope: 'Cluster' })).toBe(0)
  expect((await catalog.search('job', { cluster: 'prod' }, 5)).hits).toHaveLength(1)
  expect(await catalog.facets({})).toMatchObject({
    clusters: { default: 2, prod: 1 },
    providers: { PostgreSQL: 1 },
    complexity: { low: 2, high: 1 },
  })
})

test('a list pages through everything once, whatever the page size', async () => {
  const [catalog] = openTwo()
  const rows = Array.from({ length: 25 }, (_, index) => makeCapability({ kind: `Kind${index}` }))
  await catalog.put(rows)
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await catalog.list({}, { limit: 7, ...(cursor ? { cursor } : {}) })
    seen.push(...page.data.map((row) => row.resource))
    cursor = page.page.nextCursor ?? undefined
  } while (cursor)
  expect(seen).toEqual(rows.map((row) => row.resource).toSorted())
})

test('stale rows lose their content key, so the planner asks again', async () => {
  const [catalog] = openTwo()
  await catalog.put([CRON])
  expect(await catalog.contentKeys('default')).toEqual(
    new Map([[CRON.resource, CRON.provenance.contentKey]]),
  )
  await catalog.markStale('default', [CRON.resource, 'absent.example.com'], true)
  expect(await catalog.contentKeys('default')).toEqual(new Map())
  expect(await catalog.count({ stale: true })).toBe(1)
  expect(await catalog.removeAll('default')).toBe(1)
  expect(await catalog.count({})).toBe(0)
})
