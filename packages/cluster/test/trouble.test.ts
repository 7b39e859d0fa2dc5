import { createServer, type RequestListener } from 'node:http'
import { once } from 'node:events'
import { chmodSync, existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { memory, open, requestsOf, signal, sourceOf, writeTemporary } from './cluster.ts'
import { awaitAppError } from './await-app-error.ts'

/** A server that answers as it is told. */
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
  sourceOf({ kubeconfig: kubeconfig(server, user) }).discover(signal())

test('a cluster that does not answer is unreachable, with a hint and no secret', async () => {
  const fault = await awaitAppError(discoverAt('http://127.0.0.1:1'))
  expect(fault).toMatchObject({ code: 'CLUSTER_UNREACHABLE', retryable: true })
  expect(fault.message).toContain('127.0.0.1:1')
  expect(JSON.stringify([fault.message, fault.hint])).not.toContain('hunter2')
})

test('credentials that are refused are told apart from rights that are missing', async () => {
  const sim = await testClusterSim({ faults: { unauthorized: true } })
  const refused = await awaitAppError(sourceOf(sim).discover(signal()))
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
])('a server that answers %s is no Kubernetes API', async (_, status, body) => {
  const server = await serve((_request, response) => response.writeHead(status).end(body))
  expect(await awaitAppError(discoverAt(server))).toMatchObject({ code: 'CLUSTER_UNREACHABLE' })
})

test('a busy server is asked again after the time it tells, and not for ever', async () => {
  const sim = await testClusterSim({
    faults: { tooManyRequests: { path: '/apis', times: 2, retryAfterSeconds: 0.05 } },
  })
  const requests = await requestsOf(sim, () => sourceOf(sim).discover(signal()))
  expect(requests.filter(({ path }) => path === '/apis').map(({ status }) => status)).toEqual([
    429, 429, 200,
  ])
  sim.setFaults({ tooManyRequests: { path: '/apis', retryAfterSeconds: 0.05 } })
  const fault = await awaitAppError(sourceOf(sim).discover(signal()))
  expect(fault).toMatchObject({ code: 'CLUSTER_UNREACHABLE', retryable: true })
  sim.setFaults({ tooManyRequests: { path: '/apis', retryAfterSeconds: 3600 } })
  expect((await awaitAppError(sourceOf(sim).discover(signal()))).retryAfterMs).toBe(300_000)
})

test('an endless answer is given up', async () => {
  const block = gzipSync(Buffer.alloc(8 * 2 ** 20))
  const server = await serve((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' })
    // Members of one gzip file, a thousandth of what they unpack to.
    for (let count = 0; count < 20; count++) response.write(block)
    response.end()
  })
  const fault = await awaitAppError(discoverAt(server))
  expect(fault.message).toContain('larger than')
})

test('a redirect to another server is not followed', async () => {
  let asked = 0
  const other = await serve((_, response) => {
    asked++
    response.end('{}')
  })
  const server = await serve((request, response) =>
    response.writeHead(302, { location: `${other}${request.url}` }).end(),
  )
  expect((await awaitAppError(discoverAt(server))).code).toBe('CLUSTER_UNREACHABLE')
  expect(asked).toBe(0)
})

test('the path of a server behind a proxy stays in front', async () => {
  const paths: string[] = []
  const server = await serve((request, response) => {
    paths.push(request.url ?? '')
    response.writeHead(404).end()
  })
  await awaitAppError(discoverAt(`${server}/k8s/clusters/c-1/`))
  expect(paths.toSorted()).toEqual(['/k8s/clusters/c-1/api', '/k8s/clusters/c-1/apis'])
})

test('credentials of each kind reach the server', async () => {
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

test('a plugin of a kubeconfig is not run unless it is allowed', async () => {
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

test('contexts are found by name, and the configured one is the default', async () => {
  const path = writeTemporary('config', kubeconfig('https://127.0.0.1:6443'))
  const clusters = open({ kubeconfig: path })
  expect(clusters.names).toEqual(['prod', 'lost'])
  expect(clusters.default.name).toBe('prod')
  expect(clusters.default.origin).toContain(`${path}, context prod`)
  expect(clusters.named('default')).toBe(clusters.default)
  expect(clusters.named('prod')).toBe(clusters.default)
  expect(clusters.named('other')).toBeUndefined()
  expect(() => clusters.named('lost')).toThrow(/does not hold/)
  expect(() => open({ kubeconfig: path, context: 'nope' })).toThrow(
    expect.objectContaining({
      code: 'CLUSTER_MISCONFIGURED',
      hint: expect.stringContaining('prod, lost'),
    }),
  )
})

test('without any configuration no server is guessed', async () => {
  expect(() => open({})).toThrow(expect.objectContaining({ code: 'CLUSTER_MISCONFIGURED' }))
  const pod = open({ inCluster: true })
  expect(pod.names).toEqual(['in-cluster'])
  expect(await awaitAppError(pod.default.discover(signal()))).toMatchObject({
    code: 'CLUSTER_MISCONFIGURED',
  })
})

test('the kubeconfig in the home folder is the usual one', () => {
  const home = dirname(writeTemporary('x', ''))
  expect(() => open({ homeDir: home })).toThrow(/No cluster/)
  const path = writeTemporary('config', kubeconfig('https://127.0.0.1:6443'))
  expect(() => open({ homeDir: home, kubeconfig: join(dirname(path), 'missing') })).toThrow(
    /no kubeconfig/,
  )
  expect(open({ homeDir: home, kubeconfig: path }).default.name).toBe('prod')
})

test('a cluster whose last CRD has gone lists none, for a scan and for a watch', async () => {
  const sim = await testClusterSim()
  const source = sourceOf(sim)
  const { types } = await source.discover(signal())
  const custom = types.filter(({ origin }) => origin === 'crd')
  for (const type of custom) await sim.update({ delete: resourceName(type) })
  const published = []
  for await (const described of source.describe(custom, memory(), signal())) {
    published.push(described.outcome === 'described' && described.definition.schemaPublished)
  }
  expect(published).toEqual(custom.map(() => false))
  const watch = source.watch?.(signal())[Symbol.asyncIterator]()
  expect(await watch?.next()).toMatchObject({ value: { type: 'listed', crds: [] } })
  await watch?.return?.()
})
