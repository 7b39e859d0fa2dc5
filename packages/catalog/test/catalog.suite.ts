import { describe, expect, test } from 'vitest'
import { makeCapability } from '@capstan/testkit/make-capability'
import type { Catalog } from '@capstan/catalog/catalog'
import { serializeMetadata } from '@capstan/catalog/type-metadata'

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
  shortNames: ['pgc'],
})
const CRON = makeCapability()
const BUCKET = makeCapability({
  kind: 'Bucket',
  group: 's3.aws.example.com',
  capabilities: ['object storage'],
  providers: ['AWS'],
  searchPhrases: ['keep files in the cloud'],
  description: 'Keeps objects.',
  useCase: 'Static files.',
  scope: 'Cluster',
})

const NOTHING_STRONG =
  'Nothing in the catalog matches this well; the types below share words with it.'

/** Tests for every catalog. `openTwo` opens two replicas over one empty store and closes them after the test. */
export function catalogSuite(
  name: string,
  openTwo: () => [Catalog, Catalog] | Promise<[Catalog, Catalog]>,
): void {
  describe(`${name}`, () => {
    test('a replica finds the writes, changes and removals of another replica', async () => {
      const [writer, reader] = await openTwo()
      await writer.put([DATABASE, CRON])
      expect(await reader.get('default', CRON.resource)).toEqual(CRON)
      expect((await reader.search('nightly job', {}, { limit: 5 })).hits[0]?.capability).toEqual(
        CRON,
      )
      await writer.put([{ ...CRON, searchPhrases: ['weekly digest'] }])
      expect(
        (await reader.search('weekly digest', {}, { limit: 5 })).hits[0]?.capability.kind,
      ).toBe('CronJob')
      expect(await writer.remove('default', CRON.resource)).toBe(true)
      expect(await writer.remove('default', CRON.resource)).toBe(false)
      expect((await reader.search('weekly digest', {}, { limit: 5 })).hits).toEqual([])
      expect(await reader.count({})).toBe(1)
      expect(await reader.get('default', CRON.resource)).toBeUndefined()
    })

    test('a reader sees its own write while other readers are active', async () => {
      const [first, second] = await openTwo()
      const rows = Array.from({ length: 20 }, (_, index) =>
        makeCapability({ kind: `Kind${index}` }),
      )
      const seen = await Promise.all(
        rows.map(async (row, index) => {
          const catalog = index % 2 === 0 ? first : second
          await catalog.put([row])
          return (await catalog.list({}, { limit: 200 })).data.some(({ id }) => id === row.id)
        }),
      )
      expect(seen).toEqual(rows.map(() => true))
    })

    test('a late writer does not replace a newer row', async () => {
      const [early, late] = await openTwo()
      const at = (asOf: string, inferredAt: string, description: string) =>
        makeCapability({
          description,
          provenance: { ...CRON.provenance, asOf, inferredAt },
        })
      const morning = '2026-11-24T08:00:00.000Z'
      const noon = '2026-11-24T12:00:00.000Z'
      await late.put([at(noon, noon, 'new')])
      await early.put([at(morning, morning, 'old')])
      expect((await early.get('default', CRON.resource))?.description).toBe('new')
      // Inferred later, from a definition that was read earlier.
      await early.put([at(morning, '2026-11-24T13:00:00.000Z', 'slow')])
      expect((await early.get('default', CRON.resource))?.description).toBe('new')
      // An older answer to a definition that was rolled back.
      await late.put([at('2026-11-24T14:00:00.000Z', morning, 'rolled back')])
      expect((await early.get('default', CRON.resource))?.description).toBe('rolled back')
      await early.put([at('2026-11-24T14:00:00.000Z', noon, 'inferred again')])
      expect((await early.get('default', CRON.resource))?.description).toBe('inferred again')
    })

    test('writing the same row twice results in one row', async () => {
      const [catalog] = await openTwo()
      await Promise.all([catalog.put([CRON]), catalog.put([CRON]), catalog.put([CRON])])
      expect(await catalog.count({})).toBe(1)
    })

    test.each([
      ['postgres', 'PostgresCluster', 'kind'],
      ['Postgres Cluster', 'PostgresCluster', 'kind'],
      ['postgrse failover', 'PostgresCluster', 'capabilities'],
      ['database with backups', 'PostgresCluster', 'searchPhrases'],
      ['pgc', 'PostgresCluster', 'shortNames'],
      ['db.example.com', 'PostgresCluster', 'resource'],
      ['cronjobs', 'CronJob', 'kind'],
      ['run jobs nightly', 'CronJob', 'searchPhrases'],
      ['aws', 'Bucket', 'providers'],
      ['obj storage', 'Bucket', 'capabilities'],
    ])(
      'keyword search for "%s" finds %s and reports the matched field',
      async (query, kind, field) => {
        const [catalog] = await openTwo()
        await catalog.put([DATABASE, CRON, BUCKET])
        const { hits, mode } = await catalog.search(query, {}, { limit: 5, mode: 'keyword' })
        expect(hits[0]?.capability.kind).toBe(kind)
        expect(hits[0]?.matched).toContain(field)
        expect(mode).toBe('keyword')
      },
    )

    test.each([
      ['hybrid', 'postgrse databse', 'PostgresCluster'],
      ['semantic', 'sql data store', 'PostgresCluster'],
      ['semantic', 'scheduled automaticaly', 'CronJob'],
      ['hybrid', 'crontab', 'CronJob'],
      ['semantic', 'blob storage', 'Bucket'],
    ] as const)('%s search for "%s" finds %s', async (mode, query, kind) => {
      const [catalog] = await openTwo()
      await catalog.put([DATABASE, CRON, BUCKET])
      const found = await catalog.search(query, {}, { limit: 5, mode })
      expect(found.mode).toBe(mode)
      // In three rows, a synonym alone may be a weak match.
      expect(found.note ?? NOTHING_STRONG).toBe(NOTHING_STRONG)
      expect(found.hits[0]?.capability.kind).toBe(kind)
    })

    test('a strong match has no note, and a question without an answer has weak matches with one', async () => {
      const [catalog] = await openTwo()
      await catalog.put([DATABASE, CRON, BUCKET])
      const strong = await catalog.search('postgres with backups', {}, { limit: 5 })
      expect(strong).toMatchObject({ note: null, hits: [{ strength: 'strong' }] })
      expect(strong.hits.every(({ score }) => score >= 0 && score <= 1)).toBe(true)
      const weak = await catalog.search('mongodb storage replica set', {}, { limit: 5 })
      expect(weak.hits.map(({ strength }) => strength)).toContain('weak')
      expect(weak.hits.map(({ strength }) => strength)).not.toContain('strong')
      expect(weak.note).toBe(NOTHING_STRONG)
      const options = { limit: 5, minScore: 0.5 }
      expect((await catalog.search('mongodb storage replica set', {}, options)).hits).toEqual([])
      const best = await catalog.search('postgres with backups', {}, options)
      expect(best.hits.map(({ capability }) => capability.kind)).toEqual(['PostgresCluster'])
    })

    test('rows with equal scores have the same order on every replica', async () => {
      const [first, second] = await openTwo()
      const kinds = ['Delta', 'Alpha', 'Charlie', 'Bravo']
      for (const kind of kinds) await first.put([makeCapability({ kind })])
      const [one, other] = await Promise.all(
        [first, second].map((catalog) => catalog.search('schedule', {}, { limit: 3 })),
      )
      expect(one?.hits.length).toBe(3)
      expect(other).toEqual(one)
    })

    test('lists, counts, searches and facets apply filters', async () => {
      const [catalog] = await openTwo()
      const prod = makeCapability({ cluster: 'prod' })
      await catalog.put([DATABASE, CRON, prod])
      expect(await catalog.count({ provider: 'postgresql' })).toBe(1)
      expect(await catalog.count({ minConfidence: 0.5, cluster: 'default' })).toBe(1)
      expect(await catalog.count({ complexity: 'high', scope: 'Cluster' })).toBe(0)
      expect(await catalog.count({ group: 'batch' })).toBe(2)
      const found = await catalog.search('job', { cluster: 'prod' }, { limit: 5 })
      expect(found.hits.map((hit) => hit.capability.id)).toEqual([prod.id])
      expect(found.facets.clusters).toEqual({ prod: 1 })
      expect(await catalog.facets({})).toMatchObject({
        clusters: { default: 2, prod: 1 },
        providers: { PostgreSQL: 1 },
        complexity: { low: 2, high: 1 },
      })
      expect((await catalog.facets({ cluster: 'prod' })).groups).toEqual({ batch: 1 })
    })

    test('all pages of a list together contain each row once', async () => {
      const [catalog] = await openTwo()
      const rows = Array.from({ length: 25 }, (_, index) =>
        makeCapability({ kind: `Kind${index}` }),
      )
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

    test('setMetadata replaces the metadata of a row and keeps its other fields', async () => {
      const [catalog] = await openTwo()
      await catalog.put([CRON])
      const metadata = {
        verbs: ['get'],
        shortNames: ['cj'],
        categories: ['all'],
        printerColumns: [{ name: 'Schedule', type: 'string', jsonPath: '.spec.schedule' }],
      }
      await catalog.setMetadata(
        'default',
        new Map([
          [CRON.resource, metadata],
          ['absent.example.com', metadata],
        ]),
      )
      expect(await catalog.get('default', CRON.resource)).toEqual({ ...CRON, ...metadata })
      expect(await catalog.count({})).toBe(1)
      const [freshness] = await catalog.freshness('default')
      expect(freshness?.metadata).toBe(serializeMetadata(metadata))
      expect(freshness?.metadata).not.toBe(serializeMetadata(CRON))
    })

    test('a stale row has no content key, so that its type is planned again', async () => {
      const [catalog] = await openTwo()
      await catalog.put([CRON])
      expect(await catalog.contentKeys('default')).toEqual(
        new Map([[CRON.resource, CRON.provenance.contentKey]]),
      )
      await catalog.markStale('default', [CRON.resource, 'absent.example.com'], true)
      expect(await catalog.contentKeys('default')).toEqual(new Map())
      expect(await catalog.count({ stale: true })).toBe(1)
      const { resource } = CRON
      const { contentKey, inferredAt: asOf } = CRON.provenance
      expect(await catalog.freshness('default')).toEqual([
        { resource, contentKey, asOf, stale: true, metadata: serializeMetadata(CRON) },
      ])
      await catalog.markStale('default', [CRON.resource], false)
      expect(await catalog.count({ stale: true })).toBe(0)
    })

    test('removeAll removes all rows of one cluster and no others', async () => {
      const [catalog, other] = await openTwo()
      await catalog.put([CRON, DATABASE, makeCapability({ cluster: 'prod' })])
      expect(await other.removeAll('default')).toBe(2)
      expect((await catalog.list({}, { limit: 10 })).data.map((row) => row.cluster)).toEqual([
        'prod',
      ])
      expect(await catalog.removeAll('default')).toBe(0)
    })
  })
}
