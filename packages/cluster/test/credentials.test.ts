import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import type { AppError } from '@capstan/shared/errors'
import { makeCertificates } from '@capstan/testkit/network/certificates'
import type { ClusterSource } from '../src/cluster-source.ts'
import type { ClusterConfig } from '../src/open-clusters.ts'
import { startApiServer } from './api-server.ts'
import { open, signal } from './cluster.ts'
import { awaitAppError } from './await-app-error.ts'

const V1 = 'client.authentication.k8s.io/v1'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capstan-credentials-'))
})

function put(name: string, content: string): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

/** Writes a kubeconfig of one context. */
function kubeconfig(server: string | object, user: object): string {
  const cluster = typeof server === 'string' ? { server } : server
  return put(
    'config',
    JSON.stringify({
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  )
}

function sourceFor(path: string, config: Partial<ClusterConfig> = {}): ClusterSource {
  return open({ kubeconfig: path, allowExec: true, environment: process.env, ...config }).default
}

/** A plugin beside the kubeconfig. It counts its runs in the file `runs` and writes its input to `info`. */
function plugin(status: object, { apiVersion = V1, before = '' } = {}): object {
  const reply = JSON.stringify({ kind: 'ExecCredential', apiVersion, status })
  const lines = [
    '#!/bin/sh',
    `echo run >> "${folder}/runs"`,
    `printf '%s' "$KUBERNETES_EXEC_INFO" > "${folder}/info"`,
    before,
    `printf '%s' '${reply}'`,
  ]
  chmodSync(put('get-token.sh', `${lines.join('\n')}\n`), 0o755)
  return { exec: { apiVersion: V1, command: './get-token.sh', interactiveMode: 'Never' } }
}

const runs = () => readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n').length

/** Runs a discovery that finds no types, and returns the requests that the server received. */
async function discover(source: ClusterSource): Promise<void> {
  await source.discover(signal())
}

function faultOf(source: ClusterSource): Promise<AppError> {
  return awaitAppError(source.discover(signal()))
}

test('impersonation headers equal those of kubectl', async () => {
  const server = await startApiServer()
  const user = {
    token: 't',
    as: 'dev@example.com',
    'as-uid': '7',
    'as-groups': ['readers, writers', 'system:authenticated', 'équipe'],
    'as-user-extra': { 'example.com/Scopes': ['a', 'b'], 'acme.com%2Fx': ['c'], none: null },
  }
  await discover(sourceFor(kubeconfig(server.url, user)))
  const utf8 = Buffer.from('équipe').toString('latin1')
  for (const { impersonation, authorization } of server.calls) {
    expect(authorization).toBe('Bearer t')
    expect(impersonation).toEqual([
      ['impersonate-user', 'dev@example.com'],
      ['impersonate-uid', '7'],
      ['impersonate-group', 'readers, writers'],
      ['impersonate-group', 'system:authenticated'],
      ['impersonate-group', utf8],
      ['impersonate-extra-example.com%2fscopes', 'a'],
      ['impersonate-extra-example.com%2fscopes', 'b'],
      ['impersonate-extra-acme.com%252fx', 'c'],
    ])
  }
  expect(server.calls).toHaveLength(2)
})

test.each([
  [
    'has precedence over the token',
    { token: 'old', tokenFile: 'token' },
    'from-file\n',
    'Bearer from-file',
  ],
  ['is used without a token', { tokenFile: 'token' }, ' from-file ', 'Bearer from-file'],
  ['that is empty falls back to the token', { token: 'old', tokenFile: 'token' }, '', 'Bearer old'],
  ['that is missing falls back to the token', { token: 'old', tokenFile: 'no' }, 'x', 'Bearer old'],
])('a token file %s', async (_, user, content, expected) => {
  const server = await startApiServer()
  put('token', content)
  await discover(sourceFor(kubeconfig(server.url, user)))
  expect(server.calls[0]?.authorization).toBe(expected)
})

test('a missing token file without a token is rejected with its path', async () => {
  const server = await startApiServer()
  const fault = await faultOf(sourceFor(kubeconfig(server.url, { tokenFile: 'missing' })))
  expect(fault).toMatchObject({ code: 'CLUSTER_MISCONFIGURED' })
  expect(fault.message).toContain(join(folder, 'missing'))
  expect(server.calls).toEqual([])
})

test('after a 401 the token file is read again and the request succeeds', async () => {
  let right = 'Bearer first'
  const server = await startApiServer({ accepts: (given) => given === right })
  put('token', 'first')
  const source = sourceFor(kubeconfig(server.url, { tokenFile: 'token' }))
  await discover(source)
  put('token', 'second')
  right = 'Bearer second'
  await discover(source)
  expect(server.calls.at(-1)?.authorization).toBe('Bearer second')
})

test('a token file is read again after a minute without a 401', async () => {
  const server = await startApiServer()
  put('token', 'first')
  const source = sourceFor(kubeconfig(server.url, { tokenFile: 'token' }))
  await discover(source)
  put('token', 'second')
  await discover(source)
  expect(server.calls.at(-1)?.authorization).toBe('Bearer first')
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 61_000)
  await discover(source)
  vi.restoreAllMocks()
  expect(server.calls.at(-1)?.authorization).toBe('Bearer second')
})

test('after a 401 the new token in the kubeconfig is used', async () => {
  let right = 'Bearer first'
  const server = await startApiServer({ accepts: (given) => given === right })
  const source = sourceFor(kubeconfig(server.url, { token: 'first' }))
  await discover(source)
  kubeconfig(server.url, { token: 'second' })
  right = 'Bearer second'
  await discover(source)
  expect(server.calls.at(-1)?.authorization).toBe('Bearer second')
})

test('an invalid token is sent twice per request before the request fails', async () => {
  const server = await startApiServer({ accepts: () => false })
  const fault = await faultOf(sourceFor(kubeconfig(server.url, { token: 'wrong' })))
  expect(fault.code).toBe('CLUSTER_FORBIDDEN')
  expect(server.calls.filter(({ path }) => path === '/api').length).toBeLessThanOrEqual(2)
})

test('a plugin beside the kubeconfig runs once for parallel requests', async () => {
  const server = await startApiServer()
  const source = sourceFor(kubeconfig(server.url, plugin({ token: 'from-plugin' })))
  await discover(source)
  await discover(source)
  expect(server.calls.map(({ authorization }) => authorization)).toEqual(
    Array.from({ length: 4 }, () => 'Bearer from-plugin'),
  )
  expect(runs()).toBe(1)
})

test('a plugin receives its API version and, with provideClusterInfo, the cluster', async () => {
  const server = await startApiServer()
  const { exec } = plugin({ token: 't' }) as { exec: object }
  await discover(sourceFor(kubeconfig(server.url, { exec })))
  const info = (): unknown => JSON.parse(readFileSync(join(folder, 'info'), 'utf8'))
  expect(info()).toEqual({ kind: 'ExecCredential', apiVersion: V1, spec: { interactive: false } })
  await discover(sourceFor(kubeconfig(server.url, { exec: { ...exec, provideClusterInfo: true } })))
  expect(info()).toMatchObject({ spec: { cluster: { server: server.url } } })
})

test('a plugin runs again after a 401', async () => {
  let right = 'Bearer first'
  const server = await startApiServer({ accepts: (given) => given === right })
  const source = sourceFor(kubeconfig(server.url, plugin({ token: 'first' })))
  await discover(source)
  plugin({ token: 'second' })
  right = 'Bearer second'
  await discover(source)
  expect(runs()).toBe(2)
})

test('a plugin with an expired credential runs again, once for parallel requests', async () => {
  const server = await startApiServer()
  const past = { token: 't', expirationTimestamp: '2020-01-01T00:00:00Z' }
  const source = sourceFor(kubeconfig(server.url, plugin(past)))
  await discover(source)
  const before = runs()
  await discover(source)
  expect(before).toBeLessThanOrEqual(2)
  expect(runs()).toBeGreaterThan(before)
  plugin({ token: 't', expirationTimestamp: '2999-01-01T00:00:00Z' })
  await discover(source)
  const fresh = runs()
  await discover(source)
  expect(runs()).toBe(fresh)
})

test('a plugin gets the environment of this process and the variables of the kubeconfig', async () => {
  const server = await startApiServer()
  const { exec } = plugin(
    { token: 't' },
    { before: `printf '%s %s' "$OUTER" "$INNER" > "${folder}/env"` },
  ) as { exec: object }
  const env = [
    { name: 'INNER', value: 'in' },
    { name: 'KUBERNETES_EXEC_INFO', value: 'forged' },
  ]
  const path = kubeconfig(server.url, { exec: { ...exec, env } })
  await discover(sourceFor(path, { environment: { ...process.env, OUTER: 'out' } }))
  expect(readFileSync(join(folder, 'env'), 'utf8')).toBe('out in')
  expect(readFileSync(join(folder, 'info'), 'utf8')).not.toBe('forged')
})

test.each([
  ['token', { token: 't' }, 'Bearer t'],
  ['token file', { tokenFile: 'token' }, 'Bearer from-file'],
  ['password', { username: 'me', password: 'pw' }, `Basic ${btoa('me:pw')}`],
])(
  'a %s has precedence over a credential plugin, which does not run',
  async (_, user, expected) => {
    const server = await startApiServer()
    put('token', 'from-file')
    await discover(sourceFor(kubeconfig(server.url, { ...user, ...plugin({ token: 'other' }) })))
    expect(server.calls[0]?.authorization).toBe(expected)
    expect(() => runs()).toThrow('ENOENT')
  },
)

test.each([
  ['exits with 3', { before: 'echo hunter2 >&2; exit 3' }, {}, /ended with exit code 3/],
  ['prints something else', {}, undefined, /did not print an ExecCredential/],
  ['prints no credential', {}, {}, /neither a token nor a certificate/],
  ['prints a token of two lines', {}, { token: 'hunter2\r\nhost: x' }, /did not print an Exec/],
  ['prints half a certificate', {}, { token: 't', clientKeyData: 'k' }, /neither a token nor/],
  [
    'answers in another version',
    { apiVersion: 'client.authentication.k8s.io/v1beta1' },
    { token: 't' },
    /another version than client.authentication.k8s.io\/v1/,
  ],
  ['prints without end', { before: 'yes hunter2' }, {}, /printed too much/],
])(
  'a plugin that %s is rejected without a quote of its output',
  async (_, how, status, message) => {
    const server = await startApiServer()
    const user = plugin(status ?? {}, how)
    if (status === undefined) put('get-token.sh', '#!/bin/sh\necho hunter2\n')
    const fault = await faultOf(sourceFor(kubeconfig(server.url, user)))
    expect(fault).toMatchObject({ code: 'CLUSTER_MISCONFIGURED' })
    expect(fault.message).toMatch(message)
    expect(fault.message).toContain('get-token.sh of context "x"')
    expect(`${fault.message} ${fault.hint} ${String(fault.cause)}`).not.toContain('hunter2')
    expect(server.calls).toEqual([])
  },
)

test('the error for a missing plugin names the plugin', async () => {
  const server = await startApiServer()
  const exec = { apiVersion: V1, command: './missing.sh', interactiveMode: 'Never' }
  const fault = await faultOf(sourceFor(kubeconfig(server.url, { exec })))
  expect(fault.message).toBe('The plugin missing.sh of context "x" was not found')
})

test('CAPSTAN_ALLOW_EXEC=known runs a known plugin in PATH and rejects one beside the kubeconfig', async () => {
  const server = await startApiServer()
  plugin({ token: 'from-aws' })
  chmodSync(put('aws', readFileSync(join(folder, 'get-token.sh'), 'utf8')), 0o755)
  const exec = { apiVersion: V1, args: ['eks', 'get-token'], interactiveMode: 'Never' }
  const trust = {
    allowExec: 'known',
    environment: { PATH: `${folder}:${process.env['PATH']}` },
  } as const
  await discover(sourceFor(kubeconfig(server.url, { exec: { ...exec, command: 'aws' } }), trust))
  expect(server.calls[0]?.authorization).toBe('Bearer from-aws')
  const beside = kubeconfig(server.url, { exec: { ...exec, command: './get-token.sh' } })
  expect(() => sourceFor(beside, trust)).toThrow('which is no known credential plugin')
})

test('the client certificate of a plugin is presented to the server', async () => {
  const { ca, cert, key } = await makeCertificates()
  const server = await startApiServer({
    tls: { cert, key, ca, requestCert: true, rejectUnauthorized: true },
  })
  const cluster = {
    server: server.url,
    'certificate-authority-data': Buffer.from(ca).toString('base64'),
  }
  const pem = (text: string): string => text.replaceAll('\r', '')
  const status = { clientCertificateData: pem(cert), clientKeyData: pem(key) }
  await discover(sourceFor(kubeconfig(cluster, plugin(status))))
  expect(server.calls[0]).toMatchObject({ client: 'localhost', authorization: undefined })
})
