import { afterEach, expect, test } from 'vitest'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { AGGREGATED, ask, askJson, CRDS, METADATA_ONLY } from './client.ts'

const sim = await testClusterSim()
afterEach(() => sim.setFaults({}))

interface Group {
  metadata: { name?: string }
  versions: { freshness: string; resources: unknown[] }[]
}

async function group(name: string): Promise<Group> {
  const { items } = await askJson(sim, '/apis', AGGREGATED)
  return items.find(({ metadata }: Group) => metadata.name === name)
}

test('without the right to CRDs, list, get and watch are forbidden, discovery is not', async () => {
  sim.setFaults({ forbidCrds: true })
  for (const path of [CRDS, `${CRDS}?watch=1`, `${CRDS}/buckets.storage.nimbus.example`]) {
    expect((await ask(sim, path)).status).toBe(403)
  }
  expect((await ask(sim, '/apis')).status).toBe(200)
})

test('a legacy server ignores the wish for aggregated discovery', async () => {
  sim.setFaults({ legacyOnly: true })
  expect((await askJson(sim, '/apis', AGGREGATED)).kind).toBe('APIGroupList')
})

test('a stale group is still listed, a failing one is empty and answers 503', async () => {
  sim.setFaults({ staleGroups: ['apps'], failingGroups: ['crossroads.example'] })
  expect((await group('apps')).versions[0]).toMatchObject({ freshness: 'Stale' })
  expect((await group('apps')).versions[0]?.resources).toHaveLength(5)
  const failing = await group('crossroads.example')
  expect(failing.versions[0]).toEqual({ version: 'v1', resources: [], freshness: 'Stale' })
  expect((await ask(sim, '/apis/crossroads.example/v1')).status).toBe(503)
  expect((await ask(sim, '/openapi/v3/apis/crossroads.example/v1')).status).toBe(503)
})

test('a wrong token is refused everywhere', async () => {
  sim.setFaults({ unauthorized: true })
  expect((await ask(sim, '/version')).status).toBe(401)
})

test('too many requests say how long to wait, as often as asked for', async () => {
  sim.setFaults({ tooManyRequests: { path: CRDS, times: 2, retryAfterSeconds: 3 } })
  const answers = [await ask(sim, CRDS), await ask(sim, CRDS), await ask(sim, CRDS)]
  expect(answers.map(({ status }) => status)).toEqual([429, 429, 200])
  expect(answers[0]?.headers.get('retry-after')).toBe('3')
  expect((await ask(sim, '/version')).status).toBe(200)
})

test('a failing path answers with the status it was told', async () => {
  sim.setFaults({ failing: { path: '/openapi', status: 500 } })
  expect((await ask(sim, '/openapi/v3')).status).toBe(500)
})

test('a cut body breaks off after its headers', async () => {
  sim.setFaults({ cutBody: { path: CRDS, times: 1 } })
  const cut = await ask(sim, CRDS)
  expect(cut.status).toBe(200)
  await expect(cut.text()).rejects.toThrow('terminated')
  expect((await askJson(sim, CRDS)).items).toHaveLength(27)
})

test('a slow answer can be given up', async () => {
  sim.setFaults({ slow: { path: '/version', delayMs: 600_000 } })
  const asked = fetch(`${sim.url}/version`, { signal: AbortSignal.timeout(50) })
  await expect(asked).rejects.toThrow('timeout')
})

test('a CRD can lose its schema, in the list and in OpenAPI', async () => {
  const { serverRelativeURL: before } = (await askJson(sim, '/openapi/v3')).paths[
    'apis/lighthouse.example/v1alpha1'
  ]
  sim.setFaults({ schemaless: ['featureflags.lighthouse.example'] })
  const { spec } = await askJson(sim, `${CRDS}/featureflags.lighthouse.example`)
  expect(spec.versions[0].schema.openAPIV3Schema.properties).toBeUndefined()
  const { serverRelativeURL } = (await askJson(sim, '/openapi/v3')).paths[
    'apis/lighthouse.example/v1alpha1'
  ]
  expect(serverRelativeURL).not.toBe(before)
  const { components } = await askJson(sim, serverRelativeURL)
  const published = components.schemas['example.lighthouse.v1alpha1.FeatureFlag']
  expect(Object.keys(published.properties)).toEqual(['apiVersion', 'kind', 'metadata'])
})

test('a CRD that is not established is in the list, but not in discovery', async () => {
  sim.setFaults({ notEstablished: ['featureflags.lighthouse.example'] })
  expect(await group('lighthouse.example')).toBeUndefined()
  expect((await askJson(sim, CRDS, METADATA_ONLY)).items).toHaveLength(27)
  const { status } = await askJson(sim, `${CRDS}/featureflags.lighthouse.example`)
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
  const { items } = await askJson(sim, API_SERVICES)
  const found = items.find(({ metadata }: Group) => metadata.name === name)
  return found && `${found.spec.service?.name ?? 'local'} ${found.status.conditions[0].reason}`
}

test('a group of another server can drop out of discovery while it stays registered', async () => {
  await sim.update({ register: METRICS })
  expect((await group('metrics.k8s.io')).versions[0]?.resources).toHaveLength(1)
  expect(await availabilityOf('v1beta1.metrics.k8s.io')).toBe('metrics-k8s-io Passed')
  expect(await availabilityOf('v1.apps')).toBe('local Local')
  sim.setFaults({ droppedGroups: ['metrics.k8s.io'] })
  expect(await group('metrics.k8s.io')).toBeUndefined()
  expect((await ask(sim, '/apis/metrics.k8s.io/v1beta1')).status).toBe(503)
  expect((await ask(sim, '/openapi/v3/apis/metrics.k8s.io/v1beta1')).status).toBe(503)
  expect(await availabilityOf('v1beta1.metrics.k8s.io')).toBe('metrics-k8s-io FailedDiscoveryCheck')
  await sim.update({ unregister: 'metrics.k8s.io' })
  expect(await availabilityOf('v1beta1.metrics.k8s.io')).toBeUndefined()
  expect((await ask(sim, '/openapi/v3/apis/metrics.k8s.io/v1beta1')).status).toBe(503)
  sim.setFaults({})
  expect((await ask(sim, '/openapi/v3/apis/metrics.k8s.io/v1beta1')).status).toBe(404)
})

test('without the right to API services their list is forbidden', async () => {
  sim.setFaults({ forbidApiServices: true })
  expect((await ask(sim, API_SERVICES)).status).toBe(403)
})
