import { afterEach, expect, test } from 'vitest'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import {
  ACCEPT_AGGREGATED,
  fetchFromCluster,
  fetchJson,
  CRD_LIST_PATH,
  ACCEPT_METADATA_ONLY,
} from './client.ts'

const sim = await testClusterSim()
afterEach(() => sim.setFaults({}))

interface Group {
  metadata: { name?: string }
  versions: { freshness: string; resources: unknown[] }[]
}

async function group(name: string): Promise<Group> {
  const { items } = await fetchJson(sim, '/apis', ACCEPT_AGGREGATED)
  return items.find(({ metadata }: Group) => metadata.name === name)
}

test('without access to CRDs, list, get and watch are forbidden, but discovery is not', async () => {
  sim.setFaults({ forbidCrds: true })
  for (const path of [
    CRD_LIST_PATH,
    `${CRD_LIST_PATH}?watch=1`,
    `${CRD_LIST_PATH}/buckets.storage.nimbus.example`,
  ]) {
    expect((await fetchFromCluster(sim, path)).status).toBe(403)
  }
  expect((await fetchFromCluster(sim, '/apis')).status).toBe(200)
})

test('a legacy server ignores the request for aggregated discovery', async () => {
  sim.setFaults({ legacyOnly: true })
  expect((await fetchJson(sim, '/apis', ACCEPT_AGGREGATED)).kind).toBe('APIGroupList')
})

test('a stale group is still listed; a failing group is empty and responds 503', async () => {
  sim.setFaults({ staleGroups: ['apps'], failingGroups: ['crossroads.example'] })
  expect((await group('apps')).versions[0]).toMatchObject({ freshness: 'Stale' })
  expect((await group('apps')).versions[0]?.resources).toHaveLength(5)
  const failing = await group('crossroads.example')
  expect(failing.versions[0]).toEqual({ version: 'v1', resources: [], freshness: 'Stale' })
  expect((await fetchFromCluster(sim, '/apis/crossroads.example/v1')).status).toBe(503)
  expect((await fetchFromCluster(sim, '/openapi/v3/apis/crossroads.example/v1')).status).toBe(503)
})

test('a wrong token is rejected on every path', async () => {
  sim.setFaults({ unauthorized: true })
  expect((await fetchFromCluster(sim, '/version')).status).toBe(401)
})

test('the rate limit fault responds 429 with Retry-After for the given number of requests', async () => {
  sim.setFaults({ tooManyRequests: { path: CRD_LIST_PATH, times: 2, retryAfterSeconds: 3 } })
  const answers = [
    await fetchFromCluster(sim, CRD_LIST_PATH),
    await fetchFromCluster(sim, CRD_LIST_PATH),
    await fetchFromCluster(sim, CRD_LIST_PATH),
  ]
  expect(answers.map(({ status }) => status)).toEqual([429, 429, 200])
  expect(answers[0]?.headers.get('retry-after')).toBe('3')
  expect((await fetchFromCluster(sim, '/version')).status).toBe(200)
})

test('a failing path responds with the configured status', async () => {
  sim.setFaults({ failing: { path: '/openapi', status: 500 } })
  expect((await fetchFromCluster(sim, '/openapi/v3')).status).toBe(500)
})

test('a cut body ends after its headers', async () => {
  sim.setFaults({ cutBody: { path: CRD_LIST_PATH, times: 1 } })
  const cut = await fetchFromCluster(sim, CRD_LIST_PATH)
  expect(cut.status).toBe(200)
  await expect(cut.text()).rejects.toThrow('terminated')
  expect((await fetchJson(sim, CRD_LIST_PATH)).items).toHaveLength(27)
})

test('a slow response can be aborted by the client', async () => {
  sim.setFaults({ slow: { path: '/version', delayMs: 600_000 } })
  const asked = fetch(`${sim.url}/version`, { signal: AbortSignal.timeout(50) })
  await expect(asked).rejects.toThrow('timeout')
})

test('a CRD can lose its schema, in the list and in OpenAPI', async () => {
  const { serverRelativeURL: before } = (await fetchJson(sim, '/openapi/v3')).paths[
    'apis/lighthouse.example/v1alpha1'
  ]
  sim.setFaults({ schemaless: ['featureflags.lighthouse.example'] })
  const { spec } = await fetchJson(sim, `${CRD_LIST_PATH}/featureflags.lighthouse.example`)
  expect(spec.versions[0].schema.openAPIV3Schema.properties).toBeUndefined()
  const { serverRelativeURL } = (await fetchJson(sim, '/openapi/v3')).paths[
    'apis/lighthouse.example/v1alpha1'
  ]
  expect(serverRelativeURL).not.toBe(before)
  const { components } = await fetchJson(sim, serverRelativeURL)
  const published = components.schemas['example.lighthouse.v1alpha1.FeatureFlag']
  expect(Object.keys(published.properties)).toEqual(['apiVersion', 'kind', 'metadata'])
})

test('a CRD that is not established is in the list, but not in discovery', async () => {
  sim.setFaults({ notEstablished: ['featureflags.lighthouse.example'] })
  expect(await group('lighthouse.example')).toBeUndefined()
  expect((await fetchJson(sim, CRD_LIST_PATH, ACCEPT_METADATA_ONLY)).items).toHaveLength(27)
  const { status } = await fetchJson(sim, `${CRD_LIST_PATH}/featureflags.lighthouse.example`)
  expect(status.conditions).toContainEqual(
    expect.objectContaining({ type: 'Established', status: 'False' }),
  )
})

const METRICS = {
  group: 'metrics.k8s.io',
  schemaPrefix: 'io.k8s.metrics',
  types: [
    { kind: 'NodeMetrics', plural: 'nodes', scope: 'Cluster', versions: ['v1beta1'], schema: {} },
  ],
}
const API_SERVICES = '/apis/apiregistration.k8s.io/v1/apiservices'

async function availabilityOf(name: string): Promise<string | undefined> {
  const { items } = await fetchJson(sim, API_SERVICES)
  const found = items.find(({ metadata }: Group) => metadata.name === name)
  return found && `${found.spec.service?.name ?? 'local'} ${found.status.conditions[0].reason}`
}

test('an aggregated group can disappear from discovery while it stays registered', async () => {
  await sim.update({ register: METRICS })
  expect((await group('metrics.k8s.io')).versions[0]?.resources).toHaveLength(1)
  expect(await availabilityOf('v1beta1.metrics.k8s.io')).toBe('metrics-k8s-io Passed')
  expect(await availabilityOf('v1.apps')).toBe('local Local')
  sim.setFaults({ droppedGroups: ['metrics.k8s.io'] })
  expect(await group('metrics.k8s.io')).toBeUndefined()
  expect((await fetchFromCluster(sim, '/apis/metrics.k8s.io/v1beta1')).status).toBe(503)
  expect((await fetchFromCluster(sim, '/openapi/v3/apis/metrics.k8s.io/v1beta1')).status).toBe(503)
  expect(await availabilityOf('v1beta1.metrics.k8s.io')).toBe('metrics-k8s-io FailedDiscoveryCheck')
  await sim.update({ unregister: 'metrics.k8s.io' })
  expect(await availabilityOf('v1beta1.metrics.k8s.io')).toBeUndefined()
  expect((await fetchFromCluster(sim, '/openapi/v3/apis/metrics.k8s.io/v1beta1')).status).toBe(503)
  sim.setFaults({})
  expect((await fetchFromCluster(sim, '/openapi/v3/apis/metrics.k8s.io/v1beta1')).status).toBe(404)
})

test('without access to API services their list is forbidden', async () => {
  sim.setFaults({ forbidApiServices: true })
  expect((await fetchFromCluster(sim, API_SERVICES)).status).toBe(403)
})
