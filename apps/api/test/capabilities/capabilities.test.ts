import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { Capability, CapabilityView } from '@capstan/shared/contract/capability'
import { makeCapability } from '@capstan/testkit/make-capability'
import { until } from '@capstan/testkit/until'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'

const ROWS = [
  makeCapability({ cluster: 'prod', group: 'example.com', kind: 'Kafka', providers: ['Strimzi'] }),
  makeCapability({
    cluster: 'prod',
    group: 'example.com',
    kind: 'Postgres',
    capabilities: ['managed databases', 'point in time backups'],
    description: 'Runs a PostgreSQL database with backups.',
    complexity: 'high',
    stale: true,
  }),
  makeCapability({
    cluster: 'other',
    group: 'example.com',
    kind: 'Kafka',
    description: '=cmd("x"), prints "hi"',
  }),
]

async function rigWithRows(): Promise<ApiRig> {
  const { clusters } = literalClusters(['Kafka', 'Postgres', 'Topic'])
  const rig = await startRig({ clusters })
  await rig.deps.catalog.put(ROWS)
  return rig
}

const names = async (response: Response): Promise<string[]> =>
  ((await response.json()) as { data: Capability[] }).data.map(
    (row) => `${row.cluster}/${row.kind}`,
  )

test('capabilities are listed, filtered and paged', async () => {
  const rig = await rigWithRows()
  const list = (query: string) => rig.ask(`/api/v1/capabilities${query}`).then(names)
  expect(await list('')).toEqual(['other/Kafka', 'prod/Kafka', 'prod/Postgres'])
  expect(await list('?cluster=prod&stale=true')).toEqual(['prod/Postgres'])
  expect(await list('?provider=strimzi')).toEqual(['prod/Kafka'])
  expect(await list('?complexity=high')).toEqual(['prod/Postgres'])
  expect(await list('?minConfidence=0.95')).toEqual([])
  const first = await rig.ask('/api/v1/capabilities?limit=2')
  const next = /<([^>]+)>/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
  expect(await rig.ask(next).then(names)).toEqual(['prod/Postgres'])
})

test('GET /capabilities/{resource} finds a capability by any name of its type and returns an ETag', async () => {
  const rig = await rigWithRows()
  for (const spelling of ['kafkas.example.com', 'Kafka', 'kafka.example.com', 'KAFKAS']) {
    const response = await rig.ask(`/api/v1/capabilities/${spelling}`)
    expect(response.status, spelling).toBe(200)
    expect(Capability.parse(await response.json())).toMatchObject({
      cluster: 'prod',
      kind: 'Kafka',
    })
  }
  const path = '/api/v1/capabilities/kafkas.example.com'
  const etag = (await rig.ask(path)).headers.get('etag') ?? ''
  expect((await rig.ask(path, { headers: { 'if-none-match': etag } })).status).toBe(304)
  expect((await rig.ask(`${path}?cluster=other`)).headers.get('etag')).not.toBe(etag)
})

test('a search returns ranked hits, the search mode and facet counts', async () => {
  const rig = await rigWithRows()
  const found = await rig.ask('/api/v1/capabilities/search?q=database%20backups&mode=semantic')
  expect(await found.json()).toMatchObject({
    mode: 'semantic',
    data: [
      { capability: { kind: 'Postgres' }, matched: expect.arrayContaining(['capabilities']) as [] },
    ],
    facets: { clusters: { prod: 1 } },
  })
  const posted = await rig.ask('/api/v1/capabilities/search', {
    json: { q: 'schedule', filter: { cluster: 'prod' }, limit: 5, mode: 'keyword' },
  })
  expect(await posted.json()).toMatchObject({ data: [{ capability: { kind: 'Kafka' } }] })
  const facets = await rig.ask('/api/v1/capabilities/facets?cluster=prod')
  expect(await facets.json()).toMatchObject({ clusters: { prod: 2 }, stale: 1 })
})

test('minScore leaves out weak hits, a search without a strong hit has a note, and other values are rejected', async () => {
  const rig = await rigWithRows()
  const path = '/api/v1/capabilities/search'
  const weak = (await (await rig.ask(`${path}?q=mongodb%20schedule%20sharding`)).json()) as {
    note: string
    data: { score: number; strength: string }[]
  }
  expect(weak.data.length).toBeGreaterThan(0)
  expect(weak.data.every(({ score, strength }) => score < 0.5 && strength === 'weak')).toBe(true)
  expect(weak.note).toContain('Nothing in the catalog matches this well')
  const strict = { q: 'mongodb schedule sharding', minScore: 0.5 }
  expect(await (await rig.ask(path, { json: strict })).json()).toMatchObject({ data: [] })
  for (const minScore of ['2', '-1', 'high']) {
    expect((await rig.ask(`${path}?q=kafka&minScore=${minScore}`)).status).toBe(400)
  }
  expect((await rig.ask(path, { json: { q: 'kafka', minScore: 2 } })).status).toBe(400)
})

test('the export has the same rows in every format', async () => {
  const rig = await rigWithRows()
  const read = (accept: string, query = '') =>
    rig.ask(`/api/v1/capabilities/export${query}`, { headers: { accept } })
  const lines = (await (await read('application/x-ndjson')).text()).trimEnd().split('\n')
  const rows = lines.map((line) => CapabilityView.parse(JSON.parse(line)))
  expect(rows.length).toBe(3)
  expect(await (await read('application/json')).json()).toEqual(rows)
  expect(await (await read('*/*', '?format=json&group=none.example')).json()).toEqual([])
  const response = await read('text/csv')
  expect(response.headers.get('content-disposition')).toContain('capabilities.csv')
  const csv = (await response.text()).split('\r\n')
  expect(csv.length).toBe(5)
  expect(csv[0]).toMatch(/^cluster,resource,.*,inferredAt,scanId,worker,attempt$/)
  expect(csv[1]).toMatch(/"scan_0+","host-1","1"$/)
  expect(csv[1]).toContain(`"'=cmd(""x""), prints ""hi"""`)
})

test('the YAML export is a list of the same rows, and the Markdown export is a table with escaped text', async () => {
  const rig = await rigWithRows()
  const link = '[x](https://evil.example) <img src=x> | `code` ![y](z)'
  await rig.deps.catalog.put([
    makeCapability({ cluster: 'prod', kind: 'Trap', description: link, stale: true }),
  ])
  const read = (query: string) => rig.ask(`/api/v1/capabilities/export${query}`)
  const rows: unknown = await (await read('?format=json')).json()
  const yaml = await read('?format=yaml')
  expect(yaml.headers.get('content-type')).toContain('application/yaml')
  expect(parse(await yaml.text())).toEqual(rows)
  expect(await (await read('?format=yaml&group=none.example')).text()).toBe('[]\n')
  const markdown = await read('?format=md')
  expect(markdown.headers.get('content-disposition')).toContain('capabilities.md')
  const lines = (await markdown.text()).trimEnd().split('\n')
  expect(lines.length).toBe(2 + 4)
  for (const line of lines) expect(line.split(' | ').length).toBe(9)
  const trap = lines.find((line) => line.includes('Trap')) ?? ''
  expect(trap).not.toMatch(/[[\]()<`!]|https:\/\/(?!.*&#)/)
  expect(trap).toContain('(stale)'.replaceAll(/[()]/g, (mark) => `&#${mark.charCodeAt(0)};`))
})

test('a capability can be removed', async () => {
  const rig = await rigWithRows()
  const path = '/api/v1/capabilities/Kafka'
  expect((await rig.ask(path, { method: 'DELETE' })).status).toBe(204)
  expect((await rig.ask(path)).status).toBe(404)
  expect((await rig.ask(`${path}?cluster=other`)).status).toBe(404)
  expect((await rig.ask('/api/v1/capabilities/kafkas.example.com?cluster=other')).status).toBe(200)
})

test('the types of a cluster are listed with the freshness of their capabilities', async () => {
  const rig = await rigWithRows()
  const states = async (query: string) => {
    const body = (await (await rig.ask(`/api/v1/resources${query}`)).json()) as {
      data: { resource: string; capability: string }[]
    }
    return body.data.map(({ resource, capability }) => `${resource} ${capability}`)
  }
  expect(await states('')).toEqual([
    'kafkas.example.com fresh',
    'postgress.example.com stale',
    'topics.example.com missing',
  ])
  expect(await states('?capability=missing')).toEqual(['topics.example.com missing'])
  expect(await states('?q=KAF')).toEqual(['kafkas.example.com fresh'])
  expect(await states('?crd=false')).toEqual([])
  const one = await rig.ask('/api/v1/resources/Topic')
  expect(await one.json()).toMatchObject({
    resource: 'topics.example.com',
    capability: 'missing',
    definition: { outline: expect.stringContaining('Topic') as string },
    reason: null,
  })
  const unknown = await rig.ask('/api/v1/resources/Topix')
  expect(await unknown.json()).toMatchObject({ code: 'NOT_FOUND' })
  const elsewhere = await rig.ask('/api/v1/resources?cluster=nowhere')
  expect(elsewhere.status).toBe(422)
  expect(await elsewhere.json()).toMatchObject({ code: 'UNKNOWN_CLUSTER' })
})

test('a reindex is accepted, finishes and reports the store that searches use', async () => {
  const rig = await rigWithRows()
  const path = '/api/v1/capabilities/reindex'
  expect((await rig.ask(path)).status).toBe(404)
  const accepted = await rig.ask(path, { method: 'POST' })
  expect(accepted.status).toBe(202)
  const ended = await until('the end of the reindex', async () => {
    const state = (await (await rig.ask(accepted.headers.get('location') ?? '')).json()) as {
      status: string
    }
    return state.status === 'running' ? undefined : state
  })
  expect(ended).toMatchObject({ status: 'succeeded', done: 3, total: 3, store: 'memory' })
  expect(await (await rig.ask('/api/v1/capabilities/search?q=database')).json()).toMatchObject({
    mode: 'hybrid',
    data: [{ capability: { kind: 'Postgres' } }],
  })
})
