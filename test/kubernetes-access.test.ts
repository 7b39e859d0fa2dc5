import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import type { Faults } from '@capstan/cluster-sim/faults'
import type { RecordedRequest } from '@capstan/cluster-sim/start-cluster-sim'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { testRedis } from '@capstan/testkit/redis'
import { startTestApp } from '@capstan/testkit/app-host/start-test-app'
import { until } from '@capstan/testkit/until'
import { readRootFile } from './deployment-files.ts'

const Rule = z.strictObject({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  verbs: z.array(z.string()),
})
const ClusterRole = z.object({ kind: z.literal('ClusterRole'), rules: z.array(Rule) })
type Rule = z.infer<typeof Rule>

/** Paths that system:discovery allows to GET; only for authenticated users since Kubernetes 1.14. */
const DISCOVERY = ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi']
const DISCOVERY_TOO = ['/openapi/*', '/readyz', '/version', '/version/']

const ROLE = 'deploy/kubernetes/rbac.yaml'

async function readRules(file = ROLE): Promise<Rule[]> {
  const documents = await readManifests(file)
  return documents
    .filter(({ kind }) => kind === 'ClusterRole')
    .flatMap((document) => ClusterRole.parse(document).rules)
}

async function readManifests(file = ROLE): Promise<{ kind: string; [member: string]: unknown }[]> {
  const documents = parseAllDocuments(await readRootFile(file))
  return documents.map((document) => z.looseObject({ kind: z.string() }).parse(document.toJS()))
}

/** Decides like an API server: resource paths by the rules, other paths by URL. */
function isAllowed(
  rules: Rule[],
  { method, path }: Pick<RecordedRequest, 'method' | 'path'>,
): boolean {
  const url = new URL(path, 'http://cluster')
  const resource = resourceOf(url.pathname)
  if (!resource) return method === 'GET' && isDiscovery(url.pathname)
  const verb = verbOf(method, resource.name, url.searchParams.has('watch'))
  return rules.some(
    ({ apiGroups, resources, verbs }) =>
      apiGroups.includes(resource.group) &&
      resources.includes(resource.resource) &&
      verbs.includes(verb),
  )
}

/** `/api/v1/pods/x` and `/apis/apps/v1/deployments/x` are resources; shorter paths are not. */
function resourceOf(
  path: string,
): { group: string; resource: string; name: string | undefined } | undefined {
  const [root, ...parts] = path.split('/').filter((part) => part !== '')
  const group = root === 'apis' ? (parts.shift() ?? '') : ''
  const [, ...rest] = parts // the version
  if (rest[0] === 'namespaces' && rest.length > 2) rest.splice(0, 2)
  const [resource, name] = rest
  if ((root !== 'api' && root !== 'apis') || resource === undefined) return undefined
  return { group, resource, name }
}

function verbOf(method: string, name: string | undefined, watches: boolean): string {
  if (method !== 'GET') return method
  if (watches) return 'watch'
  return name === undefined ? 'list' : 'get'
}

function isDiscovery(path: string): boolean {
  return [...DISCOVERY, ...DISCOVERY_TOO].some((allowed) =>
    allowed.endsWith('*') ? path.startsWith(allowed.slice(0, -1)) : path === allowed,
  )
}

describe('the role', () => {
  test('names no wildcard, no verb that writes, and only resources of type definitions', async () => {
    const rules = await readRules()
    expect(rules).toEqual([
      {
        apiGroups: ['apiextensions.k8s.io'],
        resources: ['customresourcedefinitions'],
        verbs: ['get', 'list', 'watch'],
      },
    ])
    expect(await readRootFile(ROLE)).not.toMatch(/\*|secrets/)
  })

  test('is extended only by an optional role that lists API services', async () => {
    const more = 'deploy/kubernetes/rbac-api-services.yaml'
    expect(await readRules(more)).toEqual([
      { apiGroups: ['apiregistration.k8s.io'], resources: ['apiservices'], verbs: ['list'] },
    ])
    const [, binding] = await readManifests(more)
    const [account, , first] = await readManifests()
    expect(account?.kind).toBe('ServiceAccount')
    expect(binding?.['subjects']).toEqual(first?.['subjects'])
  })

  test('is bound only to the service account of the API, whose token is mounted only on request', async () => {
    const documents = await readManifests()
    expect(documents.map(({ kind }) => kind)).toEqual([
      'ServiceAccount',
      'ClusterRole',
      'ClusterRoleBinding',
    ])
    const [account, role, binding] = documents
    const { name, namespace } = z
      .object({ name: z.string(), namespace: z.string() })
      .parse(account?.['metadata'])
    expect(account?.['automountServiceAccountToken']).toBe(false)
    expect(binding?.['subjects']).toEqual([{ kind: 'ServiceAccount', name, namespace }])
    expect(binding?.['roleRef']).toMatchObject({ kind: 'ClusterRole', ...roleName(role) })
  })

  function roleName(role: { [member: string]: unknown } | undefined): { name: string } {
    return { name: z.object({ name: z.string() }).parse(role?.['metadata']).name }
  }

  test.each([
    ['GET', '/api/v1/secrets'],
    ['GET', '/api/v1/namespaces/default/pods/web'],
    ['GET', '/apis/apps/v1/deployments?limit=1'],
    ['POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'],
    ['DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.org'],
    ['GET', '/metrics'],
    ['POST', '/api'],
  ])('does not allow %s %s', async (method, path) => {
    expect(isAllowed(await readRules(), { method, path })).toBe(false)
  })
})

const TOKEN = 'of-the-access-test-0123456789'
const headers = {
  authorization: `Bearer ${TOKEN}`,
  'content-type': 'application/json',
  prefer: 'wait=50',
}

test.each<[string, Faults]>([
  ['a usual cluster', {}],
  ['a cluster of before aggregated discovery', { legacyOnly: true }],
  ['a cluster that refuses its CRDs', { forbidCrds: true }],
])('every request of a scan on %s is allowed by the role', async (_, faults) => {
  const sim = await testClusterSim({ faults })
  const url = await startCapstan(sim.kubeconfig)
  const ask = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1/${path}`, { headers, ...init })
    expect(response.ok, path).toBe(true)
    return response.json()
  }

  for (const mode of ['full', 'incremental']) {
    const body = JSON.stringify({ mode })
    const { id } = Scan.parse(await ask('scans', { method: 'POST', body }))
    const scan = await until('the end of the scan', async () => {
      const seen = Scan.parse(await ask(`scans/${id}`))
      return seen.done ? seen : undefined
    })
    expect(scan.progress.failed).toBe(0)
  }
  for (const type of ['services', 'deployments.apps', 'certificates.sealwright.example']) {
    await ask(`resources/${type}`)
  }
  await ask('resources?q=cert')

  const rules = await readRules()
  const requests = sim.requests()
  expect(requests.length).toBeGreaterThan(5)
  expect(requests.filter((request) => !isAllowed(rules, request))).toEqual([])
  // Except for deliberate faults, no request was forbidden.
  const refused = requests.filter(({ status }) => status === 403)
  expect(refused.length > 0).toBe(faults.forbidCrds === true)
})

/** Starts an API with this kubeconfig, and a worker. Returns the URL of the API. */
async function startCapstan(kubeconfig: string): Promise<string> {
  const { url, keys } = testRedis()
  const folder = await mkdtemp(join(tmpdir(), 'capstan-access-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'kubeconfig')
  await writeFile(file, kubeconfig)
  const redis = { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix, LOG_LEVEL: 'warn' }
  const api = await startTestApp('api', {
    ...redis,
    KUBECONFIG: file,
    CAPSTAN_TOKEN: TOKEN,
    PORT: '0',
  })
  await startTestApp('worker', { ...redis, CAPSTAN_CONCURRENCY: '20' })
  return api.url
}
