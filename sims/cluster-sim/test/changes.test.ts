import { expect, test } from 'vitest'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import {
  ACCEPT_AGGREGATED,
  fetchFromCluster,
  fetchJson,
  CRD_LIST_PATH,
  watchLines,
  type WatchEvent,
} from './client.ts'

const FLAGS = `${CRD_LIST_PATH}/featureflags.lighthouse.example`

function widget(description: string) {
  const schema = { openAPIV3Schema: { type: 'object', description } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.shop.example' },
    spec: {
      group: 'shop.example',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  }
}

/** Reads events until `enough` of them have arrived. */
async function collect(events: AsyncIterable<WatchEvent>, enough: number): Promise<WatchEvent[]> {
  const seen: WatchEvent[] = []
  for await (const event of events) {
    seen.push(event)
    if (seen.length === enough) break
  }
  return seen
}

test('only a changed spec raises the generation', async () => {
  const sim = await testClusterSim()
  const flags = await fetchJson(sim, FLAGS)
  await sim.update({ apply: { ...flags, metadata: { ...flags.metadata, labels: { team: 'a' } } } })
  expect((await fetchJson(sim, FLAGS)).metadata).toMatchObject({
    generation: 1,
    labels: { team: 'a' },
  })
  const spec = structuredClone(flags.spec)
  spec.versions[0].schema.openAPIV3Schema.description = 'Another text.'
  await sim.update({ apply: { ...flags, spec } })
  const changed = (await fetchJson(sim, FLAGS)).metadata
  expect(changed).toMatchObject({ generation: 2, uid: flags.metadata.uid })
  expect(Number(changed.resourceVersion)).toBeGreaterThan(Number(flags.metadata.resourceVersion))
})

test('an equal manifest changes nothing', async () => {
  const sim = await testClusterSim()
  await sim.update({ apply: widget('A') })
  const before = await fetchJson(sim, CRD_LIST_PATH)
  await sim.update({ apply: widget('A') })
  expect(await fetchJson(sim, CRD_LIST_PATH)).toEqual(before)
})

test('a new CRD appears in discovery and OpenAPI, and a deleted one disappears', async () => {
  const sim = await testClusterSim()
  const etag =
    (await fetchFromCluster(sim, '/apis', { accept: ACCEPT_AGGREGATED })).headers.get('etag') ?? ''
  await sim.update({ apply: widget('A') })
  const changed = await fetchFromCluster(sim, '/apis', {
    accept: ACCEPT_AGGREGATED,
    headers: { 'if-none-match': etag },
  })
  expect(changed.status).toBe(200)
  expect((await fetchFromCluster(sim, '/openapi/v3/apis/shop.example/v1')).status).toBe(200)
  await sim.update({ delete: 'widgets.shop.example' })
  expect((await fetchFromCluster(sim, '/openapi/v3/apis/shop.example/v1')).status).toBe(404)
  const same = await fetchFromCluster(sim, '/apis', {
    accept: ACCEPT_AGGREGATED,
    headers: { 'if-none-match': etag },
  })
  expect(same.status).toBe(304)
})

test('a watch reports the events since a resource version, including the status updates of a real API server', async () => {
  const sim = await testClusterSim()
  const { resourceVersion } = (await fetchJson(sim, `${CRD_LIST_PATH}?limit=1`)).metadata
  await sim.update({ apply: widget('A') })
  const stop = new AbortController()
  const events = collect(watchLines(sim, `resourceVersion=${resourceVersion}`, stop.signal), 6)
  await sim.update({ apply: widget('B') })
  await sim.update({ delete: 'widgets.shop.example' })
  const seen = await events
  stop.abort()
  expect(seen.map(({ type }) => type)).toEqual(
    'ADDED MODIFIED MODIFIED MODIFIED MODIFIED DELETED'.split(' '),
  )
  expect(seen.map(({ object }) => object.metadata.generation)).toEqual([1, 1, 1, 2, 2, 2])
})

test('a watch without a version starts with all CRDs, then a bookmark', async () => {
  const sim = await testClusterSim()
  const stop = new AbortController()
  const query = 'sendInitialEvents=true&allowWatchBookmarks=true'
  const seen = await collect(watchLines(sim, query, stop.signal), 28)
  stop.abort()
  expect(seen.slice(0, 27).every(({ type }) => type === 'ADDED')).toBe(true)
  expect(seen.at(-1)).toMatchObject({
    type: 'BOOKMARK',
    object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
  })
})

test('a watch from an expired version gets 410 as an event and ends', async () => {
  const sim = await testClusterSim({ faults: { watchExpired: true } })
  const seen = []
  for await (const event of watchLines(sim, 'resourceVersion=1', AbortSignal.timeout(240_000))) {
    seen.push(event)
  }
  expect(seen).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 410 } }])
})

test('a status change raises only the resourceVersion, and an equal manifest keeps the status', async () => {
  const sim = await testClusterSim()
  await sim.update({ apply: widget('A') })
  const before = await fetchJson(sim, `${CRD_LIST_PATH}/widgets.shop.example`)
  await sim.update({ status: 'widgets.shop.example' })
  const after = await fetchJson(sim, `${CRD_LIST_PATH}/widgets.shop.example`)
  expect(after.metadata.generation).toBe(before.metadata.generation)
  expect(after.metadata.resourceVersion).not.toBe(before.metadata.resourceVersion)
  expect(after.spec).toEqual(before.spec)
  expect(after.status.conditions).toHaveLength(before.status.conditions.length + 1)
  await sim.update({ apply: widget('A') })
  expect(await fetchJson(sim, `${CRD_LIST_PATH}/widgets.shop.example`)).toEqual(after)
})

test('a watch that the server ends can resume from its version until the history is dropped', async () => {
  const sim = await testClusterSim()
  const { resourceVersion } = (await fetchJson(sim, `${CRD_LIST_PATH}?limit=1`)).metadata
  const from = `resourceVersion=${resourceVersion}`
  const first = watchLines(sim, from, AbortSignal.timeout(240_000))
  const started = first.next()
  await sim.update({ apply: widget('A') })
  const added = (await started).value
  expect(added).toMatchObject({ type: 'ADDED' })
  await sim.update({ watches: 'end' })
  const rest = []
  for await (const event of first) rest.push(event)
  expect(rest.map(({ type }) => type)).toEqual(['MODIFIED', 'MODIFIED'])
  const on = `resourceVersion=${added?.object.metadata.resourceVersion}`
  const again = collect(watchLines(sim, on, AbortSignal.timeout(240_000)), 2)
  expect((await again).map(({ type }) => type)).toEqual(['MODIFIED', 'MODIFIED'])
  await sim.update({ past: 'forget' })
  const late = collect(watchLines(sim, on, AbortSignal.timeout(240_000)), 1)
  expect(await late).toMatchObject([{ type: 'ERROR', object: { code: 410 } }])
})

test('a watch with a broken connection fails, and a watch with a timeout ends', async () => {
  const sim = await testClusterSim()
  const { resourceVersion } = (await fetchJson(sim, `${CRD_LIST_PATH}?limit=1`)).metadata
  const watch = watchLines(sim, `resourceVersion=${resourceVersion}`, AbortSignal.timeout(240_000))
  const first = watch.next()
  await sim.update({ apply: widget('A') })
  await first
  await sim.update({ watches: 'break' })
  await expect(collect(watch, 100)).rejects.toThrow('terminated')
  const short = `resourceVersion=${resourceVersion}&timeoutSeconds=1`
  const seen = await collect(watchLines(sim, short, AbortSignal.timeout(240_000)), 100)
  expect(seen.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'MODIFIED'])
})

test('pages of a list show the cluster as it was when the list began', async () => {
  const sim = await testClusterSim()
  const first = await fetchJson(sim, `${CRD_LIST_PATH}?limit=20`)
  await sim.update({ delete: 'featureflags.lighthouse.example' })
  const rest = await fetchJson(sim, `${CRD_LIST_PATH}?limit=20&continue=${first.metadata.continue}`)
  expect(first.items.length + rest.items.length).toBe(27)
})
