import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { AppError } from '@capstan/shared/errors'
import { isDefinitionPath } from './definition-path.ts'
import { readKubeconfig } from './read-kubeconfig.ts'
import { vetContext } from './vet-context.ts'

const folder = mkdtempSync(join(tmpdir(), 'capstan-kubeconfig-'))
let files = 0

function write(content: unknown): string {
  const path = join(folder, `config-${files++}`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

/** A kubeconfig of one context `c`. */
function config(cluster: object, user: object = {}) {
  return {
    clusters: [{ name: 'one', cluster }],
    users: [{ name: 'me', user }],
    contexts: [{ name: 'c', context: { cluster: 'one', user: 'me' } }],
  }
}

function faultOf(act: () => unknown): AppError {
  try {
    act()
  } catch (error) {
    if (error instanceof AppError) return error
  }
  throw new Error('no AppError')
}

function vet(cluster: object, user: object = {}, trusted = false, homeDir = '/home/me') {
  const context = readKubeconfig(write(config(cluster, user)), homeDir).contexts.get('c')
  if (!context) throw new Error('no context')
  return vetContext(context, { trusted, homeDir })
}

test('the first file of several that names something wins, missing ones are passed over', () => {
  const first = write({ ...config({ server: 'https://first' }), 'current-context': 'c' })
  const second = write({
    clusters: [{ name: 'one', cluster: { server: 'https://second' } }],
    contexts: [{ name: 'd', context: { cluster: 'one' } }],
    'current-context': 'd',
  })
  const merged = readKubeconfig([first, join(folder, 'missing'), second].join(delimiter), undefined)
  expect(merged.current).toBe('c')
  expect(merged.files).toEqual([first, second])
  expect(
    [...merged.contexts.values()].map(({ name, cluster }) => `${name} ${cluster?.server}`),
  ).toEqual(['c https://first', 'd https://first'])
})

test('paths in it are relative to the file that holds them', () => {
  const path = write(
    config({ server: 'https://a', 'certificate-authority': 'ca.crt' }, { 'client-key': '/k' }),
  )
  const context = readKubeconfig(path, undefined).contexts.get('c')
  expect(context?.cluster?.['certificate-authority']).toBe(join(folder, 'ca.crt'))
  expect(context?.user['client-key']).toBe('/k')
})

test.each([
  ['is missing', () => join(folder, 'nowhere'), /no kubeconfig at/],
  ['is cut off', () => write('clusters: []\nusers: ['), /not readable as YAML/],
  ['is not YAML', () => write('users: ["hunter2hunter2'), /not readable as YAML/],
  ['is a text', () => write('hunter2hunter2'), /see the file/],
  [
    'has a cluster without server',
    () => write(config({ token: 'hunter2hunter2' })),
    /see clusters.0.cluster.server/,
  ],
])('a kubeconfig that %s is told without a word of its content', (_, path, message) => {
  const fault = faultOf(() => readKubeconfig(path(), undefined))
  expect(fault.code).toBe('CLUSTER_MISCONFIGURED')
  expect(fault.message).toMatch(message)
  expect(fault.hint).toBeDefined()
  expect(JSON.stringify([fault.message, fault.hint, String(fault.cause)])).not.toContain('hunter2')
})

const https = { server: 'https://cluster.example:6443' }
test.each([
  ['a program for its credentials', https, { exec: { command: 'aws' } }],
  ['an auth provider', https, { 'auth-provider': { name: 'gcp' } }],
  ['a server nobody checks', { ...https, 'insecure-skip-tls-verify': true }, {}],
  ['a key from anywhere', https, { 'client-key': '/etc/shadow' }],
  ['a token file outside by dots', https, { 'token-file': '../../../../../etc/passwd' }],
  [
    'loopback through a proxy without checks',
    { server: 'https://localhost', 'insecure-skip-tls-verify': true, 'proxy-url': 'http://p' },
    {},
  ],
])('%s is refused, and allowed for a trusted kubeconfig', (_, cluster, user) => {
  const fault = faultOf(() => vet(cluster, user))
  expect(fault.code).toBe('CLUSTER_MISCONFIGURED')
  expect(fault.hint).toContain('CAPSTAN_ALLOW_EXEC')
  expect(vet(cluster, user, true).name).toBe('c')
})

test.each([
  ['plain http over a network', { server: 'http://cluster.example' }],
  ['no URL', { server: 'cluster' }],
  ['another protocol', { server: 'file:///etc/passwd' }],
  ['credentials in the URL', { server: 'https://me:pass@cluster.example' }],
])('%s is refused always', (_, cluster) => {
  for (const trusted of [false, true]) {
    const fault = faultOf(() => vet(cluster, {}, trusted))
    expect(fault.code).toBe('CLUSTER_MISCONFIGURED')
    expect(`${fault.message} ${fault.hint}`).not.toContain('pass@')
  }
})

test.each([
  ['a checked server', https, { token: 'x' }],
  ['plain http on loopback', { server: 'http://127.0.0.1:8001' }, {}],
  [
    'loopback without checks',
    { server: 'https://[::1]:6443', 'insecure-skip-tls-verify': true },
    {},
  ],
  ['files in the home folder', https, { 'client-certificate': '/home/me/.minikube/client.crt' }],
  ['files beside it', { ...https, 'certificate-authority': 'pki/ca.crt' }, {}],
  [
    'the token of a pod',
    https,
    { tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token' },
  ],
])('%s is fine', (_, cluster, user) => {
  expect(vet(cluster, user).name).toBe('c')
})

test('only paths of definitions are ever asked for', () => {
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const allowed = [
    '/version',
    '/api',
    '/apis',
    '/api/v1',
    '/apis/apps',
    '/apis/apps/v1',
    crds,
    `${crds}?limit=100&continue=abc`,
    `${crds}/widgets.shop.example`,
    '/apis/apiregistration.k8s.io/v1/apiservices',
    '/openapi/v3',
    '/openapi/v3/api/v1?hash=AB',
    '/openapi/v3/apis/apps/v1',
  ]
  const refused = [
    '/api/v1/secrets',
    '/api/v1/namespaces/default/pods',
    '/apis/apps/v1/deployments',
    '/',
    '/openapi/v3/../../api/v1/secrets',
    '/openapi/v3/..%2f',
    '//evil.example/api',
    `${crds}/a/status`,
    '/logs/',
    '/metrics',
    '/apis/apps/v1/watch/deployments',
    '/version/../api/v1/secrets',
    '/apis/apiregistration.k8s.io/v1/apiservices/v1.apps',
    '/apis/apiregistrationXk8s.io/v1/apiservices',
  ]
  expect(allowed.filter((path) => !isDefinitionPath(path))).toEqual([])
  expect(refused.filter(isDefinitionPath)).toEqual([])
})
