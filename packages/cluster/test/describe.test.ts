import { expect, test } from 'vitest'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { definitionOf, hashesOf, memory, requestsOf, scan, signal, sourceOf } from './cluster.ts'

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const DATABASE = 'postgresclusters.databases.tidewater.example'

test('every type of a cluster is described once, CRDs from one page and no OpenAPI document of theirs', async () => {
  const sim = await testClusterSim()
  const source = sourceOf(sim)
  const requests = await requestsOf(sim, async () => {
    const results = await scan(source)
    expect([...results.values()].every(({ outcome }) => outcome === 'described')).toBe(true)
    const origins = Map.groupBy(results.keys(), (name) => definitionOf(results, name).type.origin)
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

test('a second look at an unchanged cluster is four small calls and gives the same', async () => {
  const sim = await testClusterSim()
  const source = sourceOf(sim)
  const known = memory()
  const first = await scan(source, known)
  const requests = await requestsOf(sim, async () => {
    expect(await scan(source, known)).toEqual(first)
  })
  expect(requests.map(({ path, status }) => `${status} ${path}`).toSorted()).toEqual([
    `200 ${CRDS}`,
    '304 /api',
    '304 /apis',
    '304 /openapi/v3',
  ])
})

test('an unchanged cluster is read anew by another process in four calls as well', async () => {
  const sim = await testClusterSim()
  const known = memory()
  const first = await scan(sourceOf(sim), known)
  const requests = await requestsOf(sim, async () => {
    expect(await scan(sourceOf(sim), known)).toEqual(first)
  })
  expect(requests.map(({ path }) => path).toSorted()).toEqual(
    ['/api', '/apis', CRDS, '/openapi/v3'].toSorted(),
  )
})

test('discovery that is young enough is not asked for again', async () => {
  const sim = await testClusterSim()
  const source = sourceOf(sim)
  const first = await source.discover(signal())
  const requests = await requestsOf(sim, async () => {
    expect(await source.discover(signal(), { maxAgeMs: 60_000 })).toEqual(first)
  })
  expect(requests).toEqual([])
})

test('of a changed cluster only the changed CRD is read', async () => {
  const sim = await testClusterSim()
  const source = sourceOf(sim)
  const known = memory()
  const before = hashesOf(await scan(source, known), 'definitionHash')
  await sim.update({ apply: await changedCrd(sim, DATABASE) })
  let after = before
  const requests = await requestsOf(sim, async () => {
    after = hashesOf(await scan(source, known), 'definitionHash')
  })
  expect(
    requests.filter(({ path }) => path.startsWith(`${CRDS}/`)).map(({ path }) => path),
  ).toEqual([`${CRDS}/${DATABASE}`])
  expect(requests.some(({ path }) => path.includes('limit='))).toBe(false)
  expect(
    [...after].filter(([name, hash]) => before.get(name) !== hash).map(([name]) => name),
  ).toEqual([DATABASE])
})

test('a few asked types are read one by one', async () => {
  const sim = await testClusterSim()
  const requests = await requestsOf(sim, async () => {
    const results = await scan(
      sourceOf(sim),
      memory(),
      (name) => name === DATABASE || name === 'deployments.apps',
    )
    expect([...results.keys()].toSorted()).toEqual(['deployments.apps', DATABASE])
  })
  expect(requests.map(({ path }) => path.replace(/\?.*/, ''))).toEqual(
    expect.arrayContaining([`${CRDS}/${DATABASE}`, '/openapi/v3/apis/apps/v1']),
  )
  expect(requests).toHaveLength(6)
})

test('without access to CRDs the definitions are the same, read from OpenAPI, and a warning says what to grant', async () => {
  const sim = await testClusterSim()
  const before = hashesOf(await scan(sourceOf(sim)), 'definitionHash')
  sim.setFaults({ forbidCrds: true })
  const source = sourceOf(sim)
  expect(hashesOf(await scan(source), 'definitionHash')).toEqual(before)
  expect(source.warnings()).toEqual([
    expect.stringContaining('list customresourcedefinitions.apiextensions.k8s.io'),
  ])
})

test('a server without aggregated discovery has the same types', async () => {
  const sim = await testClusterSim()
  const aggregated = await sourceOf(sim).discover(signal())
  const before = hashesOf(await scan(sourceOf(sim)), 'definitionHash')
  sim.setFaults({ legacyOnly: true })
  const source = sourceOf(sim)
  expect(await source.discover(signal())).toEqual(aggregated)
  expect(hashesOf(await scan(source), 'definitionHash')).toEqual(before)
})

test.each([
  ['stale', { staleGroups: ['lifeboat.example'] }],
  ['dead', { failingGroups: ['lifeboat.example'] }],
  ['dead on an old server', { failingGroups: ['lifeboat.example'], legacyOnly: true }],
])('a group whose server is %s is unavailable, not gone, and stops no other', async (_, faults) => {
  const sim = await testClusterSim({ faults })
  const source = sourceOf(sim)
  const { unavailable, types } = await source.discover(signal())
  expect(unavailable).toEqual([{ group: 'lifeboat.example', reason: expect.any(String) }])
  expect(types.some(({ group }) => group === 'lifeboat.example')).toBe(false)
  const results = await scan(source)
  expect([...results.values()].every(({ outcome }) => outcome === 'described')).toBe(true)
})

test('a CRD without a schema is described by its names', async () => {
  const sim = await testClusterSim({ faults: { schemaless: [DATABASE] } })
  const definition = definitionOf(await scan(sourceOf(sim)), DATABASE)
  expect(definition).toMatchObject({ schemaPublished: false })
  expect(definition.outline).toContain('Schema not published')
})

test('a CRD that is not established is not there yet', async () => {
  const sim = await testClusterSim({ faults: { notEstablished: [DATABASE] } })
  const { types } = await sourceOf(sim).discover(signal())
  expect(types.map(resourceName)).not.toContain(DATABASE)
})

test('a document that cannot be read costs only its own types', async () => {
  const sim = await testClusterSim({
    faults: { failing: { path: '/openapi/v3/apis/apps', status: 500 } },
  })
  const results = await scan(sourceOf(sim))
  const failed = [...results].filter(([, { outcome }]) => outcome === 'undescribable')
  expect(failed.length).toBeGreaterThan(3)
  expect(failed.every(([name]) => name.endsWith('.apps'))).toBe(true)
})

test('a CRD that cannot be read by name costs only itself', async () => {
  const sim = await testClusterSim({
    faults: { failing: { path: `${CRDS}/${DATABASE}`, status: 500 } },
  })
  const known = memory()
  const source = sourceOf(sim)
  const wanted = [DATABASE, 'backups.lifeboat.example']
  const results = await scan(source, known, (name) => wanted.includes(name))
  expect(results.get(DATABASE)).toMatchObject({
    outcome: 'undescribable',
    reason: expect.stringContaining('500'),
  })
  expect(results.get('backups.lifeboat.example')).toMatchObject({ outcome: 'described' })
})

test('a page cut in the middle is asked for again', async () => {
  const sim = await testClusterSim({ faults: { cutBody: { path: `${CRDS}?limit`, times: 2 } } })
  const results = await scan(sourceOf(sim))
  expect([...results.values()].every(({ outcome }) => outcome === 'described')).toBe(true)
  expect(sim.requests().filter(({ path }) => path.startsWith(`${CRDS}?limit`))).toHaveLength(3)
})

test('a reader that stops early ends the reading', async () => {
  const sim = await testClusterSim()
  const source = sourceOf(sim)
  const { types } = await source.discover(signal())
  for await (const _ of source.describe(types, memory(), signal())) break
  expect((await scan(source)).size).toBe(types.length)
})

test('an aborted describe throws the reason', async () => {
  const sim = await testClusterSim({ faults: { slow: { path: CRDS, delayMs: 30_000 } } })
  const source = sourceOf(sim)
  const { types } = await source.discover(signal())
  const stop = new AbortController()
  const reason = new Error('enough')
  const reading = source.describe(types, memory(), stop.signal)[Symbol.asyncIterator]().next()
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
