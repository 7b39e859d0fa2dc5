import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { selectTypes } from '../src/select-types.ts'
import { CRDS_PATH } from '../src/definitions/read-crd-names.ts'
import { reduceCrds } from '../src/reduce/reduce-crds.ts'
import { reduceOpenApi } from '../src/reduce/reduce-openapi.ts'
import {
  getDefinition,
  collectHashes,
  createMemoryCache,
  open,
  recordRequests,
  scan,
  signal,
  createSource,
} from './cluster.ts'

// Recorded answers of real API servers, too large for this repository. docs/clusters.md describes them.
const FOLDER = process.env['CAPSTAN_RECORDED_CLUSTERS'] ?? ''
const LISTS = ['small', 'medium-previous', 'medium', 'large']
const BUDGET_TOKENS = 1500

beforeEach(({ skip }) => {
  skip(FOLDER === '', 'set CAPSTAN_RECORDED_CLUSTERS to a folder of recorded clusters')
})

interface ExpectedType {
  group: string
  version: string
  resource: string
  kind: string
  namespaced: boolean
  verbs: string[]
}

// oxlint-disable-next-line typescript/no-explicit-any -- recorded answers, read field by field
async function recorded(...path: string[]): Promise<any> {
  return JSON.parse(await readFile(join(FOLDER, ...path), 'utf8'))
}

function simOf(name: string) {
  return testClusterSim({ cluster: join(FOLDER, `${name}.json`) })
}

test.each(LISTS)(
  '%s: every type is discovered at the preferred version of its group',
  async (name) => {
    const { types, unscannable, unavailable } = await createSource(await simOf(name)).discover(
      signal(),
    )
    const all: ExpectedType[] = await recorded('expected', name, 'types.json')
    const expected = all
      .filter(({ verbs }) => verbs.includes('list'))
      .map(asExpected)
      // The same objects as events.events.k8s.io.
      .filter(([resource]) => resource !== 'events')
    const found = types.map(({ plural: resource, scope, ...type }) =>
      asExpected({ ...type, resource, namespaced: scope === 'Namespaced' }),
    )
    expect(new Map(found)).toEqual(new Map(expected))
    expect(types.length + unscannable.length).toBe(all.length)
    expect(unavailable).toEqual([])
    expect(types.filter(({ plural }) => plural.includes('/'))).toEqual([])
  },
)

test.each(LISTS)('%s: every type is described once, in a short outline', async (name) => {
  const source = createSource(await simOf(name))
  const results = await scan(source)
  const definitions = [...results.keys()].map((resource) => getDefinition(results, resource))
  const tokens = definitions.map(({ outlineTokens }) => outlineTokens).toSorted((a, b) => a - b)
  expect(tokens.at(-1)).toBeLessThanOrEqual(BUDGET_TOKENS)
  expect(tokens[Math.floor(tokens.length / 2)]).toBeLessThan(350)
  const cut = definitions.filter(({ outline }) => outline.endsWith('more fields exist)'))
  expect(definitions.filter(({ truncated }) => truncated)).toEqual(cut)
  expect(cut.length).toBeLessThan(definitions.length / 5)
  for (const { outline, schemaPublished } of definitions) {
    expect(outline.includes('Schema not published')).toBe(!schemaPublished)
  }
  expect(source.warnings()).toEqual([])
})

test.each(LISTS)(
  '%s: a second scan needs four small requests and has the same result',
  async (name) => {
    const sim = await simOf(name)
    const source = createSource(sim)
    const known = createMemoryCache()
    const first = collectHashes(await scan(source, known), 'definitionHash')
    const requests = await recordRequests(sim, async () => {
      expect(collectHashes(await scan(source, known), 'definitionHash')).toEqual(first)
    })
    expect(requests.map(({ path, status }) => `${status} ${path}`).toSorted()).toEqual([
      `200 ${CRDS_PATH}`,
      '304 /api',
      '304 /apis',
      '304 /openapi/v3',
    ])
  },
)

test.each(['small', 'medium'])('%s: OpenAPI gives the same definitions as CRDs', async (name) => {
  const sim = await simOf(name)
  const fromCrds = collectHashes(await scan(createSource(sim)), 'definitionHash')
  sim.setFaults({ forbidCrds: true })
  expect(collectHashes(await scan(createSource(sim)), 'definitionHash')).toEqual(fromCrds)
})

test.each(LISTS)('%s: only bookkeeping types are excluded by default', async (name) => {
  const { types } = await createSource(await simOf(name)).discover(signal())
  const { excluded } = await selectTypes(types, { include: [], exclude: [] })
  expect(excluded.map(({ resource }) => resource)).toEqual([
    'componentstatuses',
    'controllerrevisions.apps',
    'csinodes.storage.k8s.io',
    'csistoragecapacities.storage.k8s.io',
    'endpoints',
    'endpointslices.discovery.k8s.io',
    'events.events.k8s.io',
    'ipaddresses.networking.k8s.io',
    'leases.coordination.k8s.io',
  ])
})

test('a real upgrade of 291 CRDs: 82 are read again, 78 definitions changed, 5 are new', async () => {
  const sim = await simOf('medium-previous')
  const source = createSource(sim)
  const known = createMemoryCache()
  const before = await scan(source, known)
  await sim.update({ cluster: join(FOLDER, 'medium.json') })
  let after = before
  const requests = await recordRequests(sim, async () => {
    after = await scan(source, known)
  })
  const isRead = ({ path }: { path: string }): boolean => path.startsWith(`${CRDS_PATH}/`)
  expect(requests.filter(isRead)).toHaveLength(82 + 5)
  expect([...after.keys()].filter((resource) => !before.has(resource))).toHaveLength(5)
  const changed = (hash: 'definitionHash' | 'outlineHash', origin: string): string[] =>
    [...before.keys()].filter((resource) => {
      const [old, now] = [getDefinition(before, resource), getDefinition(after, resource)]
      return now.type.origin === origin && now[hash] !== old[hash]
    })
  expect(changed('definitionHash', 'crd')).toHaveLength(78)
  expect(changed('definitionHash', 'builtin')).toHaveLength(23)
  // Types with a changed outline, which a model analyzes again. The numbers depend on the outline format.
  expect(changed('outlineHash', 'builtin').toSorted()).toEqual([
    'csidrivers.storage.k8s.io',
    'nodes',
    'pods',
  ])
  expect(changed('outlineHash', 'crd').length).toBeLessThan(60)
})

test('the CRD and the OpenAPI document of a recorded server give the same definition', async () => {
  const version = ['recorded', 'v1.36', 'small']
  const { items } = await recorded(...version, 'customresourcedefinitions.page1.json')
  const { types } = await createSource(await simOf('small')).discover(signal())
  const custom = types.filter(({ origin }) => origin === 'crd')
  const wanted = new Map(custom.map((type) => [resourceName(type), type]))
  const fromCrds = reduceCrds(items, wanted, BUDGET_TOKENS)
  expect(fromCrds).toHaveLength(custom.length)
  for (const reduced of fromCrds) {
    const { type, definitionHash } = expectDefinition(reduced)
    const document = await recorded(
      ...version,
      `openapi/v3/apis/${type.group}/${type.version}.json`,
    )
    const crd = items.find(
      (item: { metadata: { name: string } }) => item.metadata.name === resourceName(type),
    )
    const served = crd.spec.versions.find((one: { name: string }) => one.name === type.version)
    const subresources = Object.keys(served.subresources ?? {})
    const [published] = reduceOpenApi(
      document,
      [{ type, subresources }],
      () => undefined,
      BUDGET_TOKENS,
    )
    expect(expectDefinition(published).definitionHash).toBe(definitionHash)
  }
})

test('folders of CRD manifests give the same definitions as a cluster with them', async () => {
  const results = await scan(createSource(await simOf('medium')))
  const fromFiles = await scan(open({ clusterFiles: join(FOLDER, 'crds') }).default)
  let compared = 0
  for (const [resource, described] of results) {
    if (described.outcome !== 'described' || described.definition.type.origin !== 'crd') continue
    expect(getDefinition(fromFiles, resource)).toEqual(described.definition)
    compared++
  }
  expect(compared).toBe(296)
})

/** The fields of a type that recordings and discovery have in common, by name. */
function asExpected({ group, version, resource, kind, namespaced, verbs }: ExpectedType) {
  const name = resourceName({ plural: resource, group })
  return [name, { group, version, kind, namespaced, verbs: verbs.toSorted() }] as const
}

function expectDefinition(reduced: object | undefined): Definition {
  if (reduced && 'definition' in reduced) return reduced.definition as Definition
  throw new Error(`no definition: ${JSON.stringify(reduced)}`)
}
