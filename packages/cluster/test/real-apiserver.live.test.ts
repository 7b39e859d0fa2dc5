import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { fetch } from 'undici'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { until } from '@capstan/testkit/until'
import { CRDS_PATH } from '../src/definitions/read-crd-names.ts'
import { chooseTypes } from '../src/discovery/choose-types.ts'
import { readLegacy } from '../src/discovery/read-legacy.ts'
import { createKubeClient } from '../src/kube/kube-client.ts'
import { openContextAuth, type KubeAuth } from '../src/kube/open-kube-auth.ts'
import { readKubeconfig } from '../src/kube/read-kubeconfig.ts'
import { vetContext } from '../src/kube/vet-context.ts'
import type { Clusters } from '../src/clusters.ts'
import { openClusters } from '../src/open-clusters.ts'
import {
  getDefinition,
  collectHashes,
  createMemoryCache,
  open,
  scan,
  createSource,
  writeTemporary,
} from './cluster.ts'
import { startRewritingProxy } from './rewriting-proxy.ts'

// Needs a real API server with custom resources. The tests create CRDs of one random group and delete them.
const KUBECONFIG = process.env['CAPSTAN_LIVE_KUBECONFIG'] ?? ''
const GROUP = `live-${randomBytes(4).toString('hex')}.example.com`
const COUNT = 7
/** A scan of a small share of the CRDs reads them one by one. */
const TOO_MANY_OTHERS = 'the server has too many other types to read pages for these'
/** Discovery and OpenAPI lag behind CRDs by seconds, on a busy server by a minute. */
const LAG = { withinMs: 180_000, everyMs: 500 }

let auth: KubeAuth
/** Closed after all tests. */
let watched: Clusters
const isOurs = (resource: string): boolean => resource.endsWith(`.${GROUP}`)
const direct = () => open({ kubeconfig: KUBECONFIG, allowExec: true }).default

beforeEach(({ skip }) => {
  skip(KUBECONFIG === '', 'set CAPSTAN_LIVE_KUBECONFIG to a kubeconfig of a cluster for tests')
})

beforeAll(async () => {
  if (KUBECONFIG === '') return
  const { contexts, current } = readKubeconfig(KUBECONFIG, undefined)
  const context = contexts.get(current ?? '')
  if (!context) throw new Error(`${KUBECONFIG} has no current context`)
  watched = openClusters({ kubeconfig: KUBECONFIG, inCluster: false, allowExec: true, homeDir: '' })
  const options = { allowExec: true, environment: process.env, homeDir: undefined }
  auth = await openContextAuth(vetContext(context, options), {
    ...options,
    chooseProxy: () => undefined,
  })
  for (let index = 0; index < COUNT; index++) await write('POST', '', crd(index))
  await until(
    'discovery of the new types',
    async () => (await ours()).length === COUNT || undefined,
    LAG,
  )
})

afterAll(async () => {
  if (KUBECONFIG === '') return
  for (let index = 0; index < COUNT; index++) await write('DELETE', `/${nameOf(index)}`, undefined)
  await Promise.all([auth.close(), watched.close()])
})

test('types are discovered and described as in their manifests', async () => {
  const source = direct()
  const found = await source.discover(AbortSignal.timeout(50_000))
  expect(found.unavailable).toEqual([])
  const results = await scan(source, createMemoryCache(), isOurs)
  const manifests = Array.from({ length: COUNT }, (_, index) => crd(index))
  const file = writeTemporary('crds.json', JSON.stringify({ kind: 'List', items: manifests }))
  const fromFile = await scan(open({ clusterFiles: file }).default)
  expect([...results.keys()].toSorted()).toEqual([...fromFile.keys()].toSorted())
  for (const resource of results.keys()) {
    const { type, ...definition } = getDefinition(results, resource)
    const { type: asWritten, ...manifest } = getDefinition(fromFile, resource)
    expect(definition).toEqual(manifest)
    expect({ ...type, verbs: type.verbs.toSorted() }).toEqual({
      ...asWritten,
      verbs: asWritten.verbs.toSorted(),
    })
  }
  // v1beta1 is the preferred version of the group, but this resource also has v2.
  expect(getDefinition(results, nameOf(0)).type.version).toBe('v2')
  expect(getDefinition(results, nameOf(1)).type.version).toBe('v1beta1')
})

test('a second scan needs only small requests, and a changed annotation has no effect', async () => {
  const { kubeconfig, answers } = await startRewritingProxy(auth)
  const source = createSource({ kubeconfig })
  const known = createMemoryCache()
  const before = collectHashes(await scan(source, known, isOurs), 'definitionHash')
  const uninteresting = { ...crd(2), metadata: { name: nameOf(2), annotations: { note: 'a' } } }
  await replace(2, uninteresting)
  answers.length = 0
  expect(collectHashes(await scan(source, known, isOurs), 'definitionHash')).toEqual(before)
  expect(answers).toHaveLength(3)
  // A server for custom resources only has no core group.
  const core = expect.stringMatching(/^(304|404) \/api$/)
  expect(answers).toEqual(expect.arrayContaining([`200 ${CRDS_PATH}`, '304 /apis', core]))
})

test('only the definition of a changed CRD is read again, and it differs', async () => {
  const { kubeconfig, answers } = await startRewritingProxy(auth)
  const source = createSource({ kubeconfig })
  const known = createMemoryCache()
  const before = collectHashes(await scan(source, known, isOurs), 'definitionHash')
  await replace(3, crd(3, { colour: { type: 'string', description: 'Paint of the hull.' } }))
  answers.length = 0
  const results = await scan(source, known, isOurs)
  const after = collectHashes(results, 'definitionHash')
  expect([...after.keys()].filter((name) => after.get(name) !== before.get(name))).toEqual([
    nameOf(3),
  ])
  expect(getDefinition(results, nameOf(3)).outline).toContain('colour string: Paint of the hull')
  const read = answers.filter((answer) => answer.includes(CRDS_PATH))
  expect(read).toEqual([`200 ${CRDS_PATH}`, `200 ${CRDS_PATH}/${nameOf(3)}`])
})

test('pages of two CRDs give the same definitions as one page', async ({ skip }) => {
  const whole = await describedThrough()
  const paged = await startRewritingProxy(auth, ({ path, accept }) => ({
    path: path.replace('limit=100', 'limit=2'),
    accept,
  }))
  const source = createSource(paged)
  expect(await hashesOfAll(source)).toEqual(whole)
  const pages = paged.answers.filter((answer) => answer.includes('limit='))
  skip(pages.length === 0, TOO_MANY_OTHERS)
  expect(pages.length).toBeGreaterThanOrEqual(COUNT / 2)
  expect(pages.slice(1).every((page) => page.includes('&continue='))).toBe(true)
})

test('a list is started again when its continue token expires', async ({ skip }) => {
  const whole = await describedThrough()
  let expired = 0
  const paged = await startRewritingProxy(auth, ({ path, accept }) => {
    const token = /continue=([^&]+)/.exec(path)?.[1]
    const cut = path.replace('limit=100', 'limit=2')
    if (token === undefined || expired > 0) return { path: cut, accept }
    expired++
    return { path: cut.replace(token, agedToken(token)), accept }
  })
  expect(await hashesOfAll(createSource(paged))).toEqual(whole)
  skip(!paged.answers.some((answer) => answer.includes('limit=')), TOO_MANY_OTHERS)
  // A server that is younger than its compaction interval (5 minutes) expires no token.
  skip(!paged.answers.some((answer) => answer.startsWith('410')), 'the server forgets nothing yet')
  const starts = paged.answers.filter((answer) => answer.endsWith('limit=100'))
  expect(starts).toHaveLength(2)
})

// One group, because the legacy list of groups contains custom groups only behind a complete kube-apiserver.
test('legacy discovery of a group finds the same types', async () => {
  const client = createKubeClient(async () => auth)
  const groups = [{ group: GROUP, versions: ['v2', 'v1beta1'] }]
  const raw = await readLegacy(client, groups, AbortSignal.timeout(50_000))
  expect(chooseTypes(raw).types).toEqual(await ours())
  expect(raw.unavailable).toEqual([])
})

test('without access to CRDs, OpenAPI gives the same definitions', async () => {
  const whole = await until(
    'OpenAPI of the newest definitions',
    async () => {
      const fromCrds = await describedThrough()
      const denied = await startRewritingProxy(auth, ({ path, accept }) =>
        path.startsWith(CRDS_PATH) ? { path, accept, status: 403 } : { path, accept },
      )
      const source = createSource(denied)
      const fromOpenApi = await hashesOfAll(source)
      expect(source.warnings()).toEqual([expect.stringContaining('No access to CRDs')])
      const same = [...fromCrds].every(([name, hash]) => fromOpenApi.get(name) === hash)
      return same ? fromOpenApi : undefined
    },
    LAG,
  )
  expect(whole.size).toBe(COUNT)
})

test('a deleted type is no longer discovered', async () => {
  await write('DELETE', `/${nameOf(COUNT - 1)}`, undefined)
  await until(
    'the end of the type',
    async () => !(await ours()).map(resourceName).includes(nameOf(COUNT - 1)) || undefined,
    LAG,
  )
  expect((await scan(direct(), createMemoryCache(), isOurs)).size).toBe(COUNT - 1)
  await write('POST', '', crd(COUNT - 1))
})

async function ours() {
  const { types } = await watched.default.discover(AbortSignal.timeout(50_000))
  return types.filter(({ group }) => group === GROUP)
}

async function describedThrough(): Promise<Map<string, string>> {
  return hashesOfAll(createSource(await startRewritingProxy(auth)))
}

async function hashesOfAll(source: Parameters<typeof scan>[0]): Promise<Map<string, string>> {
  return collectHashes(await scan(source, createMemoryCache(), isOurs), 'definitionHash')
}

/** The same continue token with the first resource version of the server. */
function agedToken(token: string): string {
  const json = JSON.parse(Buffer.from(decodeURIComponent(token), 'base64url').toString())
  return Buffer.from(JSON.stringify({ ...json, rv: 1 })).toString('base64url')
}

async function replace(index: number, manifest: ReturnType<typeof crd>): Promise<void> {
  const old = await write('GET', `/${nameOf(index)}`, undefined)
  const { resourceVersion } = JSON.parse(old).metadata
  const metadata = { ...manifest.metadata, resourceVersion }
  await write('PUT', `/${nameOf(index)}`, { ...manifest, metadata })
}

async function write(method: string, path: string, body: unknown): Promise<string> {
  const { headers, dispatcher } = await auth.authorize()
  const reply = await fetch(`${auth.server}${CRDS_PATH}${path}`, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    dispatcher,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text.slice(0, 500)}`)
  return text
}

function nameOf(index: number): string {
  return `boats${index}.${GROUP}`
}

function crd(index: number, more: object = {}) {
  const kind = `Boat${index}`
  const version = (name: string, storage: boolean) => ({
    name,
    served: true,
    storage,
    subresources: { status: {} },
    additionalPrinterColumns: [{ name: 'Crew', type: 'integer', jsonPath: '.spec.crew' }],
    schema: {
      openAPIV3Schema: {
        type: 'object',
        description: `Boat  number ${index} and\nits crew.`,
        properties: {
          spec: {
            type: 'object',
            required: ['crew'],
            properties: {
              crew: { type: 'integer', default: 2, description: 'How many row.' },
              rig: { type: 'string', enum: ['sloop', 'ketch'] },
              cargo: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              ...more,
            },
          },
          status: { type: 'object', properties: { afloat: { type: 'boolean' } } },
        },
      },
    },
  })
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: nameOf(index) },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { plural: `boats${index}`, singular: `boat${index}`, kind, listKind: `${kind}List` },
      versions: [version('v1beta1', true), ...(index === 0 ? [version('v2', false)] : [])],
    },
  }
}
