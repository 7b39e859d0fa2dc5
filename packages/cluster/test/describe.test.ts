import { expect, test } from 'vitest'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import {
  getDefinition,
  collectHashes,
  createMemoryCache,
  recordRequests,
  scan,
  signal,
  createSource,
} from './cluster.ts'

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const DATABASE = 'postgresclusters.databases.tidewater.example'

test('a scan describes each type once, and reads CRDs from one page and not from OpenAPI', async () => {
  const sim = await testClusterSim()
  const source = createSource(sim)
  const requests = await recordRequests(sim, async () => {
    const results = await scan(source)
    expect([...results.values()].every(({ outcome }) => outcome === 'described')).toBe(true)
    const origins = Map.groupBy(results.keys(), (name) => getDefinition(results, name).type.origin)
    expect(origins.get('crd')).toHaveLength(27)
    expect(origins.get('aggregated')).toBeUndefined()
  })
  const paths = requests.map(({ path }) => path)
  expect(paths.filter((path) => path.startsWith(CRDS))).toEqual([CRDS, `${CRDS}?limit=100`])
  expect(paths.filter((path) => path.startsWith('/openapi') && path.includes('.example'))).toEqual(
    [],
  )
  expect(requests.every(({ method }) => method === 'GET')).toBe(true)
  expect(source.warnings()).toEqual([])
})

test('a second scan of an unchanged cluster needs four small requests and has the same result', async () => {
  const sim = await testClusterSim()
  const source = createSource(sim)
  const known = createMemoryCache()
  const first = await scan(source, known)
  const requests = await recordRequests(sim, async () => {
    expect(await scan(source, known)).toEqual(first)
  })
  expect(requests.map(({ path, status }) => `${status} ${path}`).toSorted()).toEqual([
    `200 ${CRDS}`,
    '304 /api',
    '304 /apis',
    '304 /openapi/v3',
  ])
})

test('another process with the same cache scans an unchanged cluster with four requests', async () => {
  const sim = await testClusterSim()
  const known = createMemoryCache()
  const first = await scan(createSource(sim), known)
  const requests = await recordRequests(sim, async () => {
    expect(await scan(createSource(sim), known)).toEqual(first)
  })
  expect(requests.map(({ path }) => path).toSorted()).toEqual(
    ['/api', '/apis', CRDS, '/openapi/v3'].toSorted(),
  )
})

test('a discovery within the maximum age is not repeated', async () => {
  const sim = await testClusterSim()
  const source = createSource(sim)
  const first = await source.discover(signal())
  const requests = await recordRequests(sim, async () => {
    expect(await source.discover(signal(), { maxAgeMs: 60_000 })).toEqual(first)
  })
  expect(requests).toEqual([])
})

test('a scan after the change of one CRD reads only that CRD', async () => {
  const sim = await testClusterSim()
  const source = createSource(sim)
  const known = createMemoryCache()
  const before = collectHashes(await scan(source, known), 'definitionHash')
  await sim.update({ apply: await changedCrd(sim, DATABASE) })
  let after = before
  const requests = await recordRequests(sim, async () => {
    after = collectHashes(await scan(source, known), 'definitionHash')
  })
  expect(
    requests.filter(({ path }) => path.startsWith(`${CRDS}/`)).map(({ path }) => path),
  ).toEqual([`${CRDS}/${DATABASE}`])
  expect(requests.some(({ path }) => path.includes('limit='))).toBe(false)
  expect(
    [...after].filter(([name, hash]) => before.get(name) !== hash).map(([name]) => name),
  ).toEqual([DATABASE])
})

test('a scan of few types reads their CRDs one by one', async () => {
  const sim = await testClusterSim()
  const requests = await recordRequests(sim, async () => {
    const results = await scan(
      createSource(sim),
      createMemoryCache(),
      (name) => name === DATABASE || name === 'deployments.apps',
    )
    expect([...results.keys()].toSorted()).toEqual(['deployments.apps', DATABASE])
  })
  expect(requests.map(({ path }) => path.replace(/\?.*/, ''))).toEqual(
    expect.arrayContaining([`${CRDS}/${DATABASE}`, '/openapi/v3/apis/apps/v1']),
  )
  expect(requests).toHaveLength(6)
})

test('without access to CRDs, OpenAPI gives the same definitions, and a warning names the missing permission', async () => {
  const sim = await testClusterSim()
  const before = collectHashes(await scan(createSource(sim)), 'definitionHash')
  sim.setFaults({ forbidCrds: true })
  const source = createSource(sim)
  expect(collectHashes(await scan(source), 'definitionHash')).toEqual(before)
  expect(source.warnings()).toEqual([
    expect.stringContaining('list customresourcedefinitions.apiextensions.k8s.io'),
  ])
})

test('legacy discovery finds the same types as aggregated discovery', async () => {
  const sim = await testClusterSim()
  const aggregated = await createSource(sim).discover(signal())
  const before = collectHashes(await scan(createSource(sim)), 'definitionHash')
  sim.setFaults({ legacyOnly: true })
  const source = createSource(sim)
  expect(await source.discover(signal())).toEqual(aggregated)
  expect(collectHashes(await scan(source), 'definitionHash')).toEqual(before)
})

test.each([
  ['stale', { staleGroups: ['lifeboat.example'] }],
  ['dead', { failingGroups: ['lifeboat.example'] }],
  ['dead on an old server', { failingGroups: ['lifeboat.example'], legacyOnly: true }],
])(
  'a group whose server is %s is unavailable, not removed, and other groups are read',
  async (_, faults) => {
    const sim = await testClusterSim({ faults })
    const source = createSource(sim)
    const { unavailable, types } = await source.discover(signal())
    expect(unavailable).toEqual([{ group: 'lifeboat.example', reason: expect.any(String) }])
    expect(types.some(({ group }) => group === 'lifeboat.example')).toBe(false)
    const results = await scan(source)
    expect([...results.values()].every(({ outcome }) => outcome === 'described')).toBe(true)
  },
)

test('a CRD without a schema is described by its names', async () => {
  const sim = await testClusterSim({ faults: { schemaless: [DATABASE] } })
  const definition = getDefinition(await scan(createSource(sim)), DATABASE)
  expect(definition).toMatchObject({ schemaPublished: false })
  expect(definition.outline).toContain('Schema not published')
})

test('a CRD that is not established is not discovered', async () => {
  const sim = await testClusterSim({ faults: { notEstablished: [DATABASE] } })
  const { types } = await createSource(sim).discover(signal())
  expect(types.map(resourceName)).not.toContain(DATABASE)
})

test('an unreadable OpenAPI document makes only its own types undescribable', async () => {
  const sim = await testClusterSim({
    faults: { failing: { path: '/openapi/v3/apis/apps', status: 500 } },
  })
  const results = await scan(createSource(sim))
  const failed = [...results].filter(([, { outcome }]) => outcome === 'undescribable')
  expect(failed.length).toBeGreaterThan(3)
  expect(failed.every(([name]) => name.endsWith('.apps'))).toBe(true)
})

test('an unreadable CRD makes only its own type undescribable', async () => {
  const sim = await testClusterSim({
    faults: { failing: { path: `${CRDS}/${DATABASE}`, status: 500 } },
  })
  const known = createMemoryCache()
  const source = createSource(sim)
  const wanted = [DATABASE, 'backups.lifeboat.example']
  const results = await scan(source, known, (name) => wanted.includes(name))
  expect(results.get(DATABASE)).toMatchObject({
    outcome: 'undescribable',
    reason: expect.stringContaining('500'),
  })
  expect(results.get('backups.lifeboat.example')).toMatchObject({ outcome: 'described' })
})

test('a page with a broken connection is requested again', async () => {
  const sim = await testClusterSim({ faults: { cutBody: { path: `${CRDS}?limit`, times: 2 } } })
  const results = await scan(createSource(sim))
  expect([...results.values()].every(({ outcome }) => outcome === 'described')).toBe(true)
  expect(sim.requests().filter(({ path }) => path.startsWith(`${CRDS}?limit`))).toHaveLength(3)
})

test('describe stops its requests when the consumer stops early', async () => {
  const sim = await testClusterSim()
  const source = createSource(sim)
  const { types } = await source.discover(signal())
  for await (const _ of source.describe(types, createMemoryCache(), signal())) break
  expect((await scan(source)).size).toBe(types.length)
})

test('an aborted describe throws the reason of the signal', async () => {
  const sim = await testClusterSim({ faults: { slow: { path: CRDS, delayMs: 30_000 } } })
  const source = createSource(sim)
  const { types } = await source.discover(signal())
  const stop = new AbortController()
  const reason = new Error('enough')
  const reading = source
    .describe(types, createMemoryCache(), stop.signal)
    [Symbol.asyncIterator]()
    .next()
  stop.abort(reason)
  await expect(reading).rejects.toBe(reason)
})

async function changedCrd(
  sim: { url: string; kubeconfig: string },
  name: string,
): Promise<unknown> {
  const token = /token: (\S+)/.exec(sim.kubeconfig)?.[1] ?? ''
  const headers = { authorization: `Bearer ${token}` }
  const crd = JSON.parse(await (await fetch(`${sim.url}${CRDS}/${name}`, { headers })).text())
  for (const version of crd.spec.versions) {
    version.schema.openAPIV3Schema.properties.spec.properties.extra = { type: 'string' }
  }
  return crd
}
