import { createServer, type RequestListener } from 'node:http'
import { once } from 'node:events'
import { chmodSync, existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import {
  createMemoryCache,
  open,
  recordRequests,
  signal,
  createSource,
  writeTemporary,
} from './cluster.ts'
import { awaitAppError } from './await-app-error.ts'

/** A server with a given request handler. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function kubeconfig(server: string, user: object = { token: 'hunter2hunter2' }): string {
  return JSON.stringify({
    clusters: [{ name: 'one', cluster: { server } }],
    users: [{ name: 'me', user }],
    contexts: [
      { name: 'prod', context: { cluster: 'one', user: 'me' } },
      { name: 'lost', context: { cluster: 'gone', user: 'me' } },
    ],
    'current-context': 'prod',
  })
}

const discoverAt = (server: string, user?: object) =>
  createSource({ kubeconfig: kubeconfig(server, user) }).discover(signal())

test('a cluster that does not answer is reported as unreachable, with a hint and without secrets', async () => {
  const fault = await awaitAppError(discoverAt('http://127.0.0.1:1'))
  expect(fault).toMatchObject({ code: 'CLUSTER_UNREACHABLE', retryable: true })
  expect(fault.message).toContain('127.0.0.1:1')
  expect(JSON.stringify([fault.message, fault.hint])).not.toContain('hunter2')
})

test('rejected credentials and missing permissions are different errors', async () => {
  const sim = await testClusterSim({ faults: { unauthorized: true } })
  const refused = await awaitAppError(createSource(sim).discover(signal()))
  expect(refused).toMatchObject({ code: 'CLUSTER_FORBIDDEN', retryable: false })
  expect(refused.message).toContain('credentials')
  const forbidding = await serve((_, response) => response.writeHead(403).end('{}'))
  const forbidden = await awaitAppError(discoverAt(forbidding))
  expect(forbidden.code).toBe('CLUSTER_FORBIDDEN')
  expect(forbidden.hint).toContain('system:discovery')
})

test.each([
  ['a login page', 200, '<html>log in</html>'],
  ['another JSON', 200, '{"hello":"world"}'],
  ['a list of a wrong form', 200, '{"groups":"none"}'],
  ['nothing at all', 404, ''],
])('a server that answers %s is reported as not a Kubernetes API', async (_, status, body) => {
  const server = await serve((_request, response) => response.writeHead(status).end(body))
  expect(await awaitAppError(discoverAt(server))).toMatchObject({ code: 'CLUSTER_UNREACHABLE' })
})

test('a request to a busy server is retried after its Retry-After, a limited number of times', async () => {
  const sim = await testClusterSim({
    faults: { tooManyRequests: { path: '/apis', times: 2, retryAfterSeconds: 0.05 } },
  })
  const requests = await recordRequests(sim, () => createSource(sim).discover(signal()))
  expect(requests.filter(({ path }) => path === '/apis').map(({ status }) => status)).toEqual([
    429, 429, 200,
  ])
  sim.setFaults({ tooManyRequests: { path: '/apis', retryAfterSeconds: 0.05 } })
  const fault = await awaitAppError(createSource(sim).discover(signal()))
  expect(fault).toMatchObject({ code: 'CLUSTER_UNREACHABLE', retryable: true })
  sim.setFaults({ tooManyRequests: { path: '/apis', retryAfterSeconds: 3600 } })
  expect((await awaitAppError(createSource(sim).discover(signal()))).retryAfterMs).toBe(300_000)
})

test('an endless answer is aborted', async () => {
  const block = gzipSync(Buffer.alloc(8 * 2 ** 20))
  const server = await serve((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' })
    // Members of one gzip file, a thousandth of their uncompressed size.
    for (let count = 0; count < 20; count++) response.write(block)
    response.end()
  })
  const fault = await awaitAppError(discoverAt(server))
  expect(fault.message).toContain('larger than')
})

test('a redirect to another server is not followed', async () => {
  let requests = 0
  const other = await serve((_, response) => {
    requests++
    response.end('{}')
  })
  const server = await serve((request, response) =>
    response.writeHead(302, { location: `${other}${request.url}` }).end(),
  )
  expect((await awaitAppError(discoverAt(server))).code).toBe('CLUSTER_UNREACHABLE')
  expect(requests).toBe(0)
})

test('the path prefix of a server is kept in every request', async () => {
  const paths: string[] = []
  const server = await serve((request, response) => {
    paths.push(request.url ?? '')
    response.writeHead(404).end()
  })
  await awaitAppError(discoverAt(`${server}/k8s/clusters/c-1/`))
  expect(paths.toSorted()).toEqual(['/k8s/clusters/c-1/api', '/k8s/clusters/c-1/apis'])
})

test('the server receives credentials of each kind', async () => {
  const seen: (string | undefined)[] = []
  const server = await serve((request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(403).end()
  })
  const tokenFile = writeTemporary('token', 'from-a-file\n')
  const users = [{ token: 'abc' }, { username: 'me', password: 'pw' }, { tokenFile }, {}]
  for (const user of users) {
    const source = open({
      kubeconfig: writeTemporary('config', kubeconfig(server, user)),
      homeDir: dirname(tokenFile),
    })
    await awaitAppError(source.default.discover(signal()))
  }
  const basic = `Basic ${Buffer.from('me:pw').toString('base64')}`
  expect([...new Set(seen)]).toEqual(['Bearer abc', basic, 'Bearer from-a-file', undefined])
})

test('a plugin of a kubeconfig runs only with CAPSTAN_ALLOW_EXEC', async () => {
  const server = await serve((_, response) => response.writeHead(403).end())
  const script = writeTemporary('plugin', '#!/bin/sh\ntouch "$0.ran"\nexit 1\n')
  chmodSync(script, 0o755)
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: script }
  const path = writeTemporary('config', kubeconfig(server, { exec }))
  expect(() => open({ kubeconfig: path })).toThrow(/runs a program/)
  expect(existsSync(`${script}.ran`)).toBe(false)
  const trusted = open({ kubeconfig: path, allowExec: true }).default
  expect(await awaitAppError(trusted.discover(signal()))).toMatchObject({
    code: 'CLUSTER_MISCONFIGURED',
  })
  expect(existsSync(`${script}.ran`)).toBe(true)
})

test('contexts are available by name, and the configured one is the default', async () => {
  const path = writeTemporary('config', kubeconfig('https://127.0.0.1:6443'))
  const clusters = open({ kubeconfig: path })
  expect(clusters.names).toEqual(['prod', 'lost'])
  expect(clusters.default.name).toBe('prod')
  expect(clusters.default.origin).toContain(`${path}, context prod`)
  expect(clusters.find('default')).toBe(clusters.default)
  expect(clusters.find('prod')).toBe(clusters.default)
  expect(clusters.find('other')).toBeUndefined()
  expect(() => clusters.find('lost')).toThrow(/does not hold/)
  expect(() => open({ kubeconfig: path, context: 'nope' })).toThrow(
    expect.objectContaining({
      code: 'CLUSTER_MISCONFIGURED',
      hint: expect.stringContaining('prod, lost'),
    }),
  )
})

test('opening clusters without any configuration fails', async () => {
  expect(() => open({})).toThrow(expect.objectContaining({ code: 'CLUSTER_MISCONFIGURED' }))
  const pod = open({ inCluster: true })
  expect(pod.names).toEqual(['in-cluster'])
  expect(await awaitAppError(pod.default.discover(signal()))).toMatchObject({
    code: 'CLUSTER_MISCONFIGURED',
  })
})

test('the default kubeconfig is the one in the home folder', () => {
  const home = dirname(writeTemporary('x', ''))
  expect(() => open({ homeDir: home })).toThrow(/No cluster/)
  const path = writeTemporary('config', kubeconfig('https://127.0.0.1:6443'))
  expect(() => open({ homeDir: home, kubeconfig: join(dirname(path), 'missing') })).toThrow(
    /no kubeconfig/,
  )
  expect(open({ homeDir: home, kubeconfig: path }).default.name).toBe('prod')
})

test('a cluster without CRDs is read and watched as an empty list', async () => {
  const sim = await testClusterSim()
  const source = createSource(sim)
  const { types } = await source.discover(signal())
  const custom = types.filter(({ origin }) => origin === 'crd')
  for (const type of custom) await sim.update({ delete: resourceName(type) })
  const published = []
  for await (const described of source.describe(custom, createMemoryCache(), signal())) {
    published.push(described.outcome === 'described' && described.definition.schemaPublished)
  }
  expect(published).toEqual(custom.map(() => false))
  const watch = source.watch?.(signal())[Symbol.asyncIterator]()
  expect(await watch?.next()).toMatchObject({ value: { type: 'listed', crds: [] } })
  await watch?.return?.()
})
