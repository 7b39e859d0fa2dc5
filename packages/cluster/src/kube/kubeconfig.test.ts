import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { isDefinitionPath } from './definition-path.ts'
import { readKubeconfig } from './read-kubeconfig.ts'
import { vetContext, type VetOptions } from './vet-context.ts'
import { catchAppError } from '../../test/catch-app-error.ts'

const folder = mkdtempSync(join(tmpdir(), 'capstan-kubeconfig-'))
let files = 0

const https = { server: 'https://cluster.example:6443' }

function write(content: unknown): string {
  const path = join(folder, `config-${files++}`)
  const isRaw = typeof content === 'string' || Buffer.isBuffer(content)
  writeFileSync(path, isRaw ? content : JSON.stringify(content))
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

const HOME = '/home/me'
const EXEC = {
  apiVersion: 'client.authentication.k8s.io/v1',
  command: 'get-token',
  interactiveMode: 'Never',
}

function vet(cluster: object, user: object = {}, options: Partial<VetOptions> = {}) {
  const context = readKubeconfig(write(config(cluster, user)), HOME).contexts.get('c')
  if (!context) throw new Error('no context')
  return vetContext(context, { allowExec: false, environment: {}, homeDir: HOME, ...options })
}

test('the first file that defines an entry wins, and missing files are reported', () => {
  const first = write({ ...config({ server: 'https://first' }), 'current-context': 'c' })
  const second = write({
    clusters: [{ name: 'one', cluster: { server: 'https://second' } }],
    contexts: [{ name: 'd', context: { cluster: 'one' } }],
    'current-context': 'd',
  })
  const missing = join(folder, 'missing')
  const paths = ['', first, missing, first, second, ''].join(delimiter)
  const merged = readKubeconfig(paths, undefined)
  expect(merged.current).toBe('c')
  expect(merged.files).toEqual([first, second])
  expect(merged.missing).toEqual([missing])
  expect(
    [...merged.contexts.values()].map(({ name, cluster }) => `${name} ${cluster?.server}`),
  ).toEqual(['c https://first', 'd https://first'])
})

test('paths in a kubeconfig are relative to its folder', () => {
  const path = write(
    config({ server: 'https://a', 'certificate-authority': 'ca.crt' }, { 'client-key': '/k' }),
  )
  const context = readKubeconfig(path, undefined).contexts.get('c')
  expect(context?.cluster?.['certificate-authority']).toBe(join(folder, 'ca.crt'))
  expect(context?.user?.['client-key']).toBe('/k')
})

const UTF16 = 'clusters: [] # hunter2hunter2'

test.each([
  ['is missing', () => join(folder, 'nowhere'), /no kubeconfig at .*nowhere/],
  ['has no path at all', () => delimiter, /no kubeconfig named by KUBECONFIG/],
  ['is a folder', () => folder, /is a folder, not a file/],
  ['is no regular file', () => '/dev/null', /is not a regular file/],
  ['has a path that cannot exist', () => `/${'x'.repeat(5000)}`, /cannot be read: ENAMETOOLONG/],
  ['is cut off', () => write('clusters: []\nusers: ['), /not readable as YAML/],
  ['is not YAML', () => write('users: ["hunter2hunter2'), /not readable as YAML/],
  ['is another object', () => write({ apiVersion: 'v1', kind: 'Pod' }), /see kind/],
  ['is of another version', () => write({ apiVersion: 'v2', kind: 'Config' }), /see apiVersion/],
  ['is a text', () => write('hunter2hunter2'), /see the file/],
  [
    'has a token that is a list',
    () => write(config(https, { token: ['hunter2hunter2'] })),
    /see users.0.user.token/,
  ],
  ['is UTF-16 with a mark', () => write(Buffer.from(`\ufeff${UTF16}`, 'utf16le')), /UTF-16/],
  ['is UTF-16 without', () => write(Buffer.from(UTF16, 'utf16le')), /UTF-16/],
  [
    'is UTF-16 in the other order',
    () => write(Buffer.from(`\ufeff${UTF16}`, 'utf16le').swap16()),
    /UTF-16/,
  ],
  ['is UTF-32', () => write(Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])), /UTF-32/],
  ['is Latin-1', () => write(Buffer.from('users: [] # caf\xe9', 'latin1')), /not a text in UTF-8/],
  [
    'has two clusters of one name',
    () => write({ clusters: [https, https].map((cluster) => ({ name: 'one', cluster })) }),
    /two entries of the cluster "one"/,
  ],
])('a kubeconfig that %s is rejected without a quote of its content', (_, path, message) => {
  const fault = catchAppError(() => readKubeconfig(path(), undefined))
  expect(fault.code).toBe('CLUSTER_MISCONFIGURED')
  expect(fault.message).toMatch(message)
  expect(fault.hint).toBeDefined()
  expect(JSON.stringify([fault.message, fault.hint, String(fault.cause)])).not.toContain('hunter2')
})

test('a kubeconfig with a UTF-8 byte order mark is read', () => {
  const path = write(`\ufeff${JSON.stringify(config(https))}`)
  expect([...readKubeconfig(path, undefined).contexts.keys()]).toEqual(['c'])
})

test('YAML aliases and merge keys are resolved as by kubectl', () => {
  const path = write(`
base: &base { server: https://a }
clusters: [{ name: one, cluster: { <<: *base, tls-server-name: b } }]
contexts: [{ name: c, context: { cluster: one } }]
`)
  expect(readKubeconfig(path, undefined).contexts.get('c')?.cluster).toEqual({
    server: 'https://a',
    'tls-server-name': 'b',
  })
})

test('incomplete entries that the context does not use are ignored, as by kubectl', () => {
  const { clusters, users, contexts } = config(https)
  const path = write({
    clusters: [...clusters, { name: 'empty' }, { name: 'bare', cluster: {} }],
    users: [...users, { name: 'empty' }],
    contexts: [...contexts, { name: 'empty' }],
  })
  expect(readKubeconfig(path, undefined).contexts.get('c')?.cluster).toEqual(https)
})

test.each([
  ['./get-token.sh', () => join(folder, 'get-token.sh')],
  ['bin/get-token', () => join(folder, 'bin/get-token')],
  ['/opt/get-token', () => '/opt/get-token'],
  ['get-token', () => 'get-token'],
])('the plugin command %s is resolved as by kubectl', (command, expected) => {
  const path = write(config(https, { exec: { command } }))
  const context = readKubeconfig(path, undefined).contexts.get('c')
  expect(context?.user?.exec?.command).toBe(expected())
})

test.each([
  ['a program for its credentials', https, { exec: EXEC }],
  ['an auth provider', https, { 'auth-provider': { name: 'gcp' } }],
  ['a server that is not checked', { ...https, 'insecure-skip-tls-verify': true }, {}],
  ['a key from anywhere', https, { 'client-key': '/etc/shadow' }],
  ['a token file outside by dots', https, { 'token-file': '../../../../../etc/passwd' }],
  [
    'loopback through a proxy without checks',
    { server: 'https://localhost', 'insecure-skip-tls-verify': true, 'proxy-url': 'http://p' },
    {},
  ],
])('%s is rejected, and permitted for a trusted kubeconfig', (_, cluster, user) => {
  const fault = catchAppError(() => vet(cluster, user))
  expect(fault.code).toBe('CLUSTER_MISCONFIGURED')
  expect(fault.hint).toContain('CAPSTAN_ALLOW_EXEC')
  expect(vet(cluster, user, { allowExec: true }).name).toBe('c')
})

test.each([
  ['plain http over a network', { server: 'http://cluster.example' }],
  ['no URL', { server: 'cluster' }],
  ['no server', {}],
  ['another protocol', { server: 'file:///etc/passwd' }],
  ['credentials in the URL', { server: 'https://me:pass@cluster.example' }],
  ['a proxy-url without scheme', { ...https, 'proxy-url': 'me:pass@proxy:3128' }],
  ['a proxy-url of another protocol', { ...https, 'proxy-url': 'socks4://me:pass@proxy:1080' }],
  [
    'a CA both as file and data',
    { ...https, 'certificate-authority': 'a', 'certificate-authority-data': 'YQ==' },
  ],
  [
    'a CA of a server that is not checked',
    { ...https, 'insecure-skip-tls-verify': true, 'certificate-authority-data': 'YQ==' },
  ],
])('%s is rejected, also for a trusted kubeconfig', (_, cluster) => {
  for (const allowExec of [false, 'known', true] as const) {
    const fault = catchAppError(() => vet(cluster, {}, { allowExec }))
    expect(fault.code).toBe('CLUSTER_MISCONFIGURED')
    expect(`${fault.message} ${fault.hint}`).not.toContain('pass@')
  }
})

test.each([
  [{ token: 't', username: 'me', password: 'pw' }, /both a token and a password/],
  [{ 'client-certificate-data': 'YQ==' }, /certificate without its key/],
  [
    { 'client-certificate-data': 'YQ==', 'client-key-data': 'YQ==', 'client-key': 'k' },
    /both as a file and as data/,
  ],
  [{ 'as-groups': ['admins'] }, /impersonates .* without a user/],
  [{ 'as-uid': '7' }, /impersonates .* without a user/],
  [{ 'as-user-extra': { scopes: ['a'] } }, /impersonates .* without a user/],
  [{ exec: EXEC, 'auth-provider': { name: 'oidc' } }, /both a plugin and an auth-provider/],
  [{ exec: { ...EXEC, command: '' } }, /without a command/],
  [{ exec: { ...EXEC, apiVersion: 'client.authentication.k8s.io/v1alpha1' } }, /an apiVersion of/],
  [{ exec: { ...EXEC, interactiveMode: 'Sometimes' } }, /unknown interactiveMode/],
  [{ exec: { ...EXEC, interactiveMode: 'Always' } }, /needs a terminal/],
])('a user with %j is rejected, also in a trusted kubeconfig', (user, message) => {
  const fault = catchAppError(() => vet(https, user, { allowExec: true }))
  expect(fault).toMatchObject({ code: 'CLUSTER_MISCONFIGURED' })
  expect(fault.message).toMatch(message)
})

test.each([
  ['user', { cluster: 'one', user: 'gone' }, /names the user "gone", whom the kubeconfig does not/],
  ['cluster', { cluster: 'gone', user: 'me' }, /names the cluster "gone", which the kubeconfig/],
  ['cluster', { user: 'me' }, /names no cluster/],
])('a context whose %s does not exist is rejected with its name', (_, context, message) => {
  const path = write({ ...config(https), contexts: [{ name: 'c', context }] })
  const read = readKubeconfig(path, HOME).contexts.get('c')
  if (!read) throw new Error('no context')
  const options = { allowExec: true, environment: {}, homeDir: HOME }
  expect(catchAppError(() => vetContext(read, options)).message).toMatch(message)
})

test.each([
  ['a checked server', https, { token: 'x' }],
  ['plain http on loopback', { server: 'http://127.0.0.1:8001' }, {}],
  [
    'loopback without checks',
    { server: 'https://[::1]:6443', 'insecure-skip-tls-verify': true },
    {},
  ],
  [
    'files in the home folder',
    https,
    { 'client-certificate': '/home/me/.minikube/c.crt', 'client-key': '/home/me/.minikube/c.key' },
  ],
  ['files beside it', { ...https, 'certificate-authority': 'pki/ca.crt' }, {}],
  [
    'the token of a pod',
    https,
    { tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token' },
  ],
])('a context with %s is permitted', (_, cluster, user) => {
  expect(vet(cluster, user).name).toBe('c')
})

test('only paths of definitions are permitted', () => {
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
