import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { ACCEPT_AGGREGATED, fetchJson, CRD_LIST_PATH, ACCEPT_METADATA_ONLY } from './client.ts'

// Responses of real API servers, which are too large for this repository.
const RECORDED = join(process.env['CAPSTAN_RECORDED_CLUSTERS'] ?? '', '/')

beforeEach(({ skip }) => {
  skip(RECORDED === '/', 'set CAPSTAN_RECORDED_CLUSTERS to a folder of recorded clusters')
})

// oxlint-disable-next-line typescript/no-explicit-any -- compared field by field
async function recorded(path: string): Promise<any> {
  return JSON.parse(await readFile(`${RECORDED}${path}`, 'utf8'))
}

function simOf(name: string) {
  return testClusterSim({ cluster: `${RECORDED}${name}.json` })
}

test.each(['small', 'medium', 'medium-previous', 'large'])(
  'discovery of the %s cluster equals the response of a real server',
  async (name) => {
    const sim = await simOf(name)
    const expected = await recorded(`expected/${name}/apis.aggregated.json`)
    expect(await fetchJson(sim, '/apis', ACCEPT_AGGREGATED)).toEqual(expected)
    const { crds } = await recorded(`${name}.json`)
    const { items } = await fetchJson(sim, CRD_LIST_PATH, ACCEPT_METADATA_ONLY)
    expect(items).toHaveLength(crds.length)
  },
)

test('legacy discovery, derived from aggregated discovery, equals the response of a real server', async () => {
  const sim = await simOf('small')
  const { vanilla } = await recorded('small.json')
  const paths = [
    'api/v1',
    'apis/apps/v1',
    'apis/autoscaling/v2',
    'apis/rbac.authorization.k8s.io/v1',
  ]
  for (const path of [...paths, 'apis/autoscaling', 'apis/storage.k8s.io']) {
    expect(await fetchJson(sim, `/${path}`)).toEqual(await recorded(`${vanilla}/${path}.json`))
  }
})

test('CRDs are completed as by a real server', async () => {
  const sim = await simOf('small')
  const real = await recorded('recorded/v1.36/small/customresourcedefinitions.page1.json')
  const { items } = await fetchJson(sim, CRD_LIST_PATH)
  expect(items).toHaveLength(real.items.length)
  for (const [index, item] of items.entries()) {
    const { spec, status, metadata } = real.items[index]
    expect(item.spec).toEqual(spec)
    expect(item.status.acceptedNames).toEqual(status.acceptedNames)
    expect(item.status.storedVersions).toEqual(status.storedVersions)
    expect(Object.keys(item.metadata).toSorted()).toEqual(Object.keys(metadata).toSorted())
  }
})

test('OpenAPI of custom types contains the schemas that a real server publishes', async () => {
  const sim = await simOf('small')
  const { paths } = await fetchJson(sim, '/openapi/v3')
  const groups = ['acme.cert-manager.io/v1', 'bitnami.com/v1alpha1', 'cert-manager.io/v1']
  for (const group of groups) {
    const ours = await fetchJson(sim, paths[`apis/${group}`].serverRelativeURL)
    const real = await recorded(`recorded/v1.36/small/openapi/v3/apis/${group}.json`)
    for (const [name, schema] of Object.entries(real.components.schemas)) {
      if (name.startsWith('io.k8s.') || name.endsWith('List')) continue
      expect(withoutServerFields(ours.components.schemas[name])).toEqual(
        withoutServerFields(schema),
      )
    }
  }
})

// oxlint-disable-next-line typescript/no-explicit-any -- compared as a whole
function withoutServerFields(schema: any): unknown {
  const { apiVersion, kind, metadata, ...properties } = schema.properties
  expect([apiVersion.type, kind.type]).toEqual(['string', 'string'])
  expect(metadata.allOf[0].$ref).toContain('ObjectMeta')
  return { ...schema, properties }
}

test('an upgrade of the whole cluster raises the same generations as on a real server', async () => {
  const sim = await simOf('medium-previous')
  const uids = new Map<string, string>()
  for (const { metadata } of (await fetchJson(sim, CRD_LIST_PATH, ACCEPT_METADATA_ONLY)).items) {
    uids.set(metadata.name, metadata.uid)
  }
  await sim.update({ cluster: `${RECORDED}medium.json` })
  const ours = (await fetchJson(sim, CRD_LIST_PATH, ACCEPT_METADATA_ONLY)).items
  const real = await recorded('recorded/v1.36/medium/customresourcedefinitions.partial.json')
  const changed = (items: { metadata: { name: string; generation: number } }[]) =>
    items.filter(({ metadata }) => metadata.generation > 1).map(({ metadata }) => metadata.name)
  expect(changed(ours)).toEqual(changed(real.items))
  const kept = ours.filter(
    ({ metadata }: { metadata: { name: string; uid: string } }) =>
      uids.get(metadata.name) === metadata.uid,
  )
  expect(kept).toHaveLength(uids.size)
})
