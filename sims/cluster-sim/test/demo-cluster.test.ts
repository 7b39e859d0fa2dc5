import { expect, test } from 'vitest'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { ACCEPT_AGGREGATED, fetchJson, CRD_LIST_PATH } from './client.ts'

const sim = await testClusterSim()

/** Types that a scan excludes by default: internal records of controllers, or duplicates under another name. */
const EXCLUDED = [
  'events',
  'componentstatuses',
  'endpoints',
  'endpointslices',
  'leases',
  'controllerrevisions',
]

interface Listed {
  group: string
  resource: string
  scannable: boolean
}

async function preferredTypes(): Promise<Listed[]> {
  const types = new Map<string, Listed>()
  for (const path of ['/api', '/apis']) {
    for (const { metadata, versions } of (await fetchJson(sim, path, ACCEPT_AGGREGATED)).items) {
      for (const { resource, verbs } of versions.flatMap(
        (version: { resources: unknown[] }) => version.resources,
      )) {
        const group = metadata.name ?? ''
        const scannable = verbs.includes('list') && !EXCLUDED.includes(resource)
        types.set(`${resource}.${group}`, { group, resource, scannable })
      }
    }
  }
  return [...types.values()]
}

test('the demo cluster has exactly 66 types to scan, besides the excluded types of a real cluster', async () => {
  const types = await preferredTypes()
  expect(types.filter(({ scannable }) => scannable)).toHaveLength(66)
  expect(types.filter(({ scannable }) => !scannable)).toHaveLength(14)
  expect(types.filter(({ group }) => group.endsWith('.example'))).toHaveLength(27)
})

test('every type of the demo cluster except the one without a schema has a description', async () => {
  const { paths } = await fetchJson(sim, '/openapi/v3')
  const silent = []
  for (const path of Object.keys(paths)) {
    const { components } = await fetchJson(sim, paths[path].serverRelativeURL)
    for (const [name, schema] of Object.entries<Record<string, unknown>>(components.schemas)) {
      if (schema['x-kubernetes-group-version-kind'] && !schema['description']) silent.push(name)
    }
  }
  expect(silent).toEqual(['example.chandlery.v1.LegacyAddon'])
})

test('two groups of the demo cluster share a plural name', async () => {
  const backups = (await preferredTypes()).filter(({ resource }) => resource === 'backups')
  expect(backups.map(({ group }) => group)).toEqual([
    'databases.tidewater.example',
    'lifeboat.example',
  ])
})

test('one type has a very large schema, one a recursive schema, and one no schema', async () => {
  const { items } = await fetchJson(sim, CRD_LIST_PATH)
  const sizes = items.map((item: { spec: unknown }) => JSON.stringify(item.spec).length)
  expect(Math.max(...sizes)).toBeGreaterThan(150_000)
  const { components } = await fetchJson(sim, '/openapi/v3/apis/apiextensions.k8s.io/v1')
  const recursive = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps'
  expect(components.schemas[recursive].properties.not).toEqual({
    $ref: `#/components/schemas/${recursive}`,
  })
  const { spec } = await fetchJson(sim, `${CRD_LIST_PATH}/legacyaddons.chandlery.example`)
  expect(spec.versions[0].schema.openAPIV3Schema.properties).toBeUndefined()
})
