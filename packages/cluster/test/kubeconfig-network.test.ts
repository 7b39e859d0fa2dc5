import { mkdtempSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import type { AppError } from '@capstan/shared/errors'
import { makeCertificates, type TestCertificates } from '@capstan/testkit/network/certificates'
import { startConnectProxy } from '@capstan/testkit/network/connect-proxy'
import { startSocksProxy } from '@capstan/testkit/network/socks-proxy'
import { ownPort } from '@capstan/testkit/own-port'
import type { ClusterSource } from '../src/cluster-source.ts'
import { startApiServer } from './api-server.ts'
import { open, signal } from './cluster.ts'
import { awaitAppError } from './await-app-error.ts'

const HOST = 'kube.internal.example'

let certificates: TestCertificates
beforeAll(async () => {
  certificates = await makeCertificates([HOST])
})

const ca = () => Buffer.from(certificates.ca).toString('base64')
const startTlsServer = () => startApiServer({ tls: certificates })

/** A source for a kubeconfig in a new folder. */
function sourceFor(cluster: object, files: Record<string, string> = {}): ClusterSource {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-network-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  const path = join(folder, 'config')
  writeFileSync(
    path,
    JSON.stringify({
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  )
  return open({ kubeconfig: path }).default
}

const reach = async (cluster: object, files?: Record<string, string>): Promise<void> =>
  void (await sourceFor(cluster, files).discover(signal()))

function faultOf(cluster: object): Promise<AppError> {
  return awaitAppError(sourceFor(cluster).discover(signal()))
}

test.each(['', ':443', ':6443', ':8443'])(
  'an API server at port "%s" is reached through a SOCKS proxy, which resolves its name',
  async (port) => {
    const { port: real, calls } = await startTlsServer()
    const target = `${HOST}${port || ':443'}`
    const proxy = await startSocksProxy({ reaches: { [target]: real } })
    for (const scheme of ['socks5', 'socks5h']) {
      await reach({
        server: `https://${HOST}${port}`,
        'certificate-authority-data': ca(),
        'proxy-url': `${scheme}://${proxy.address}`,
      })
    }
    expect(new Set(proxy.asked)).toEqual(new Set([target]))
    expect(calls[0]).toMatchObject({ authorization: 'Bearer t', servername: HOST })
  },
)

test('an http API server on the loopback of a SOCKS proxy is rejected, because credentials would be unencrypted', () => {
  const cluster = { server: 'http://127.0.0.1:8001', 'proxy-url': 'socks5://127.0.0.1:1080' }
  expect(() => sourceFor(cluster)).toThrow('unencrypted')
})

test('a SOCKS proxy receives the user and password of its URL', async () => {
  const { port } = await startTlsServer()
  const reaches = { [`${HOST}:443`]: port }
  const proxy = await startSocksProxy({ reaches, credentials: 'me:p@ss' })
  const cluster = { server: `https://${HOST}`, 'certificate-authority-data': ca() }
  await reach({ ...cluster, 'proxy-url': `socks5://me:p%40ss@${proxy.address}` })
  for (const credentials of ['', 'me:hunter2@']) {
    const fault = await faultOf({
      ...cluster,
      'proxy-url': `socks5://${credentials}${proxy.address}`,
    })
    expect(fault.message).toContain(`The proxy ${proxy.address} (proxy-url of the context)`)
    expect(`${fault.message} ${fault.hint}`).not.toContain('hunter2')
  }
})

test('the error names the SOCKS proxy and the target that it cannot reach', async () => {
  const proxy = await startSocksProxy({ reaches: {} })
  const fault = await faultOf({
    server: `https://${HOST}`,
    'proxy-url': `socks5://${proxy.address}`,
  })
  expect(fault).toMatchObject({ code: 'CLUSTER_UNREACHABLE' })
  expect(fault.message).toContain(
    `The proxy ${proxy.address} (proxy-url of the context) did not connect to ${HOST}:443: HostUnreachable`,
  )
})

test('the error names a SOCKS proxy that is unreachable', async () => {
  const port = await ownPort()
  const fault = await faultOf({
    server: `https://${HOST}`,
    'proxy-url': `socks5://127.0.0.1:${port}`,
  })
  expect(fault.message).toContain(
    `The proxy 127.0.0.1:${port} (proxy-url of the context) cannot be reached: ECONNREFUSED`,
  )
})

test('the error names a proxy that does not speak SOCKS', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const fault = await faultOf({
    server: `https://${HOST}`,
    'proxy-url': `socks5://127.0.0.1:${port}`,
  })
  expect(fault.message).toContain(`The proxy 127.0.0.1:${port} (proxy-url of the context) did not`)
})

test('the address of a cluster names its SOCKS proxy without credentials', async () => {
  const source = sourceFor({ server: `https://${HOST}`, 'proxy-url': 'socks5://me:pw@[::1]' })
  const address = await source.address?.()
  expect(address?.proxy).toMatchObject({ address: '[::1]:1080', hasCredentials: true })
})

test('connections through a SOCKS proxy are reused', async () => {
  const { port, calls } = await startTlsServer()
  const proxy = await startSocksProxy({ reaches: { [`${HOST}:443`]: port } })
  const source = sourceFor({
    server: `https://${HOST}`,
    'certificate-authority-data': ca(),
    'proxy-url': `socks5://${proxy.address}`,
  })
  for (let times = 0; times < 5; times++) await source.discover(signal())
  expect(calls.length).toBeGreaterThan(proxy.asked.length)
})

test.each(['http', 'https'] as const)(
  'an API server is reached through an %s proxy',
  async (kind) => {
    const { port } = await startTlsServer()
    const proxy = await startConnectProxy({
      reaches: { [`${HOST}:443`]: port },
      ...(kind === 'https' && { tls: certificates }),
    })
    const cluster = { server: `https://${HOST}`, 'certificate-authority-data': ca() }
    const reached = reach({ ...cluster, 'proxy-url': proxy.url })
    // The CAs of the process verify the proxy, not the CA of the cluster.
    if (kind === 'https') await expect(reached).rejects.toThrow('unknown CA')
    else await reached
    expect(proxy.passed.length > 0).toBe(kind === 'http')
  },
)

test.each(['directly', 'through an http proxy', 'through a SOCKS proxy'])(
  'tls-server-name is requested and verified, %s',
  async (way) => {
    const { port, calls } = await startTlsServer()
    const server = `https://other.example:${port}`
    const reaches = { [`other.example:${port}`]: port }
    const proxyUrl = {
      directly: undefined,
      'through an http proxy': (await startConnectProxy({ reaches })).url,
      'through a SOCKS proxy': `socks5://${(await startSocksProxy({ reaches })).address}`,
    }[way]
    const cluster = {
      server: proxyUrl ? server : `https://127.0.0.1:${port}`,
      'certificate-authority-data': ca(),
      ...(proxyUrl && { 'proxy-url': proxyUrl }),
    }
    await reach({ ...cluster, 'tls-server-name': HOST })
    expect(calls[0]?.servername).toBe(HOST)
    const fault = await faultOf({ ...cluster, 'tls-server-name': 'wrong.example' })
    expect(fault.message).toMatch(/wrong\.example/)
    expect(calls).toHaveLength(2)
  },
)

test('a relative certificate-authority path is relative to the kubeconfig', async () => {
  const { url, calls } = await startTlsServer()
  const other = await makeCertificates()
  const files = { 'ca.crt': certificates.ca, 'other.crt': other.ca }
  await reach({ server: url, 'certificate-authority': 'ca.crt' }, files)
  await reach({ server: url, 'certificate-authority': './ca.crt' }, files)
  expect(calls).toHaveLength(4)
  await expect(reach({ server: url, 'certificate-authority': 'other.crt' }, files)).rejects.toThrow(
    /127\.0\.0\.1/,
  )
  expect(calls).toHaveLength(4)
})

test('a missing certificate authority file is rejected', async () => {
  const { url } = await startTlsServer()
  const fault = await faultOf({ server: url, 'certificate-authority': 'missing.crt' })
  expect(fault).toMatchObject({ code: 'CLUSTER_MISCONFIGURED' })
})

test('certificate checks of a loopback server are skipped only with insecure-skip-tls-verify', async () => {
  const { url, calls } = await startTlsServer()
  await reach({ server: url, 'insecure-skip-tls-verify': true })
  expect(calls).toHaveLength(2)
  await expect(reach({ server: url })).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' })
  expect(calls).toHaveLength(2)
})
