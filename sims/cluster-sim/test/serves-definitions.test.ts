import { expect, test } from 'vitest'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import {
  ACCEPT_AGGREGATED,
  fetchFromCluster,
  fetchJson,
  CRD_LIST_PATH,
  ACCEPT_METADATA_ONLY,
} from './client.ts'

const sim = await testClusterSim()
const POSTGRES = 'postgresclusters.databases.tidewater.example'

test('aggregated discovery responds 304 while nothing changes', async () => {
  const first = await fetchFromCluster(sim, '/apis', { accept: ACCEPT_AGGREGATED })
  const etag = first.headers.get('etag') ?? ''
  expect(first.headers.get('content-type')).toContain('as=APIGroupDiscoveryList')
  expect(first.headers.get('vary')).toContain('Accept')
  expect(etag).toMatch(/^"[0-9A-F]{128}"$/)
  const again = await fetchFromCluster(sim, '/apis', {
    accept: ACCEPT_AGGREGATED,
    headers: { 'if-none-match': etag },
  })
  expect([again.status, await again.text()]).toEqual([304, ''])
})

test('a client that does not accept aggregated discovery gets the legacy forms', async () => {
  const { groups } = await fetchJson(sim, '/apis')
  expect(groups.map(({ name }: { name: string }) => name)).toContain('crossroads.example')
  expect((await fetchJson(sim, '/api')).versions).toEqual(['v1'])
  const { resources } = await fetchJson(sim, '/apis/apps/v1')
  expect(resources.map(({ name }: { name: string }) => name)).toContain('deployments/scale')
  const group = await fetchJson(sim, '/apis/gitops.helmsman.example')
  expect(group.preferredVersion.version).toBe('v2')
})

test('a client that accepts no JSON gets 406', async () => {
  expect((await fetchFromCluster(sim, '/apis', { accept: 'application/yaml' })).status).toBe(406)
})

test('OpenAPI documents are immutable under their hash, redirected under another, and never compressed', async () => {
  const { paths } = await fetchJson(sim, '/openapi/v3')
  const url = paths['apis/databases.tidewater.example/v1'].serverRelativeURL
  const right = await fetchFromCluster(sim, url, { headers: { 'accept-encoding': 'gzip' } })
  expect(right.headers.get('cache-control')).toBe('public, immutable')
  expect(right.headers.get('content-encoding')).toBeNull()
  expect((await right.text()).length).toBeGreaterThan(128 * 1024)
  const wrong = await fetchFromCluster(sim, url.replace(/hash=.*/, 'hash=00'))
  expect([wrong.status, wrong.headers.get('location')]).toEqual([301, url])
})

test('the schema of a CRD is served in OpenAPI with the fields that the server adds', async () => {
  const { components } = await fetchJson(sim, '/openapi/v3/apis/lighthouse.example/v1alpha1')
  const published = components.schemas['example.lighthouse.v1alpha1.FeatureFlag']
  const { spec } = await fetchJson(sim, `${CRD_LIST_PATH}/featureflags.lighthouse.example`)
  const own = spec.versions[0].schema.openAPIV3Schema
  expect(published.properties.spec).toEqual(own.properties.spec)
  expect(Object.keys(published.properties)).toEqual(
    expect.arrayContaining(['apiVersion', 'kind', 'metadata']),
  )
  expect(published['x-kubernetes-group-version-kind']).toEqual([
    { group: 'lighthouse.example', version: 'v1alpha1', kind: 'FeatureFlag' },
  ])
})

test('the pages of the CRD list together contain every CRD', async () => {
  const whole = await fetchJson(sim, CRD_LIST_PATH)
  const names: string[] = []
  let next = ''
  do {
    const page = await fetchJson(sim, `${CRD_LIST_PATH}?limit=10&continue=${next}`)
    names.push(...page.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name))
    next = page.metadata.continue ?? ''
    expect(page.metadata.remainingItemCount ?? 0).toBe(27 - names.length)
    expect(page.metadata.resourceVersion).toBe(whole.metadata.resourceVersion)
  } while (next !== '')
  expect(names).toEqual(
    whole.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name),
  )
})

test('a large response is compressed for clients that accept gzip', async () => {
  const zipped = await fetchFromCluster(sim, CRD_LIST_PATH, {
    headers: { 'accept-encoding': 'gzip' },
  })
  expect(zipped.headers.get('content-encoding')).toBe('gzip')
  expect(await zipped.json()).toMatchObject({ items: { length: 27 } })
  const plain = await fetchFromCluster(sim, CRD_LIST_PATH, {
    headers: { 'accept-encoding': 'identity' },
  })
  expect(plain.headers.get('content-encoding')).toBeNull()
})

test('a CRD contains the fields that a server adds, and kind only outside of lists', async () => {
  const { items } = await fetchJson(sim, CRD_LIST_PATH)
  const item = items.find(
    ({ metadata }: { metadata: { name: string } }) => metadata.name === POSTGRES,
  )
  expect(item.kind).toBeUndefined()
  expect(item.metadata).toMatchObject({
    generation: 1,
    uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  expect(item.metadata.managedFields).toHaveLength(2)
  expect(item.status.storedVersions).toEqual(['v1'])
  const one = await fetchJson(sim, `${CRD_LIST_PATH}/${POSTGRES}`)
  expect(one).toEqual({
    ...item,
    kind: 'CustomResourceDefinition',
    apiVersion: 'apiextensions.k8s.io/v1',
  })
})

test('a metadata-only list has every name and generation, and no schema', async () => {
  const { kind, items } = await fetchJson(sim, CRD_LIST_PATH, ACCEPT_METADATA_ONLY)
  expect(kind).toBe('PartialObjectMetadataList')
  expect(items).toHaveLength(27)
  for (const item of items) {
    expect(Object.keys(item)).toEqual(['kind', 'apiVersion', 'metadata'])
    expect(item.metadata.generation).toBe(1)
  }
})

test.each([
  ['GET', '/api/v1/pods', 403],
  ['GET', '/api/v1/namespaces/kube-system', 403],
  ['GET', '/apis/apps/v1/namespaces/default/deployments/web', 403],
  ['GET', '/apis/no.such.group/v1', 404],
  ['GET', '/metrics', 404],
  ['POST', CRD_LIST_PATH, 405],
  ['DELETE', `${CRD_LIST_PATH}/${POSTGRES}`, 405],
])('%s %s is recorded and answered %i with a Status', async (method, path, status) => {
  const answer = await fetchFromCluster(sim, path, { method })
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({ kind: 'Status', status: 'Failure', code: status })
  expect(sim.requests().at(-1)).toMatchObject({ method, path })
})

test('requests without the token of the kubeconfig are rejected', async () => {
  const answer = await fetch(`${sim.url}/version`)
  expect(answer.status).toBe(401)
})
