import { once } from 'node:events'
import { createServer } from 'node:net'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { AppError } from '@capstan/shared/errors'
import { readProxyRules, type ProxySettings } from '@capstan/shared/http/proxy-rules'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { makeCertificates, type TestCertificates } from '@capstan/testkit/network/certificates'
import { startConnectProxy, type ConnectProxyOptions } from '@capstan/testkit/network/connect-proxy'
import { startTlsFront } from '@capstan/testkit/network/tls-front'
import { ownPort } from '@capstan/testkit/own-port'
import type { ClusterSource } from '../src/cluster-source.ts'
import { open, signal, writeTemporary } from './cluster.ts'
import { awaitAppError } from './await-app-error.ts'

const SERVER = 'https://cluster.test:6443'

let certificates: TestCertificates
beforeAll(async () => {
  certificates = await makeCertificates(['cluster.test'])
})

/** An API server with a certificate of its own CA, under a host name that only the proxy resolves. */
async function startNetwork(options: Partial<ConnectProxyOptions> = {}) {
  const sim = await testClusterSim({ anonymous: true })
  const port = await startTlsFront(sim.url, certificates)
  const proxy = await startConnectProxy({ reaches: { 'cluster.test:6443': port }, ...options })
  return { proxy, port, sim }
}

interface Context {
  server?: string
  ca?: string | undefined
  proxyUrl?: string
}

function source(settings: ProxySettings, context: Context = {}): ClusterSource {
  const kubeconfig = writeTemporary('config', kubeconfigOf(context))
  return open({ kubeconfig, chooseProxy: readProxyRules(settings).choose }).default
}

function kubeconfigOf({ server = SERVER, ca = certificates.ca, proxyUrl }: Context): string {
  const cluster = {
    server,
    'certificate-authority-data': Buffer.from(ca).toString('base64'),
    ...(proxyUrl === undefined ? {} : { 'proxy-url': proxyUrl }),
  }
  return JSON.stringify({
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'c',
  })
}

const typesOf = async (from: ClusterSource) => (await from.discover(signal())).types.length

function faultOf(from: ClusterSource): Promise<AppError> {
  return awaitAppError(from.discover(signal()))
}

test('requests use HTTPS_PROXY, and the CA of the kubeconfig verifies the API server', async () => {
  const { proxy } = await startNetwork()
  expect(await typesOf(source({ HTTPS_PROXY: proxy.url }))).toBeGreaterThan(10)
  expect(new Set(proxy.passed)).toEqual(new Set(['CONNECT cluster.test:6443']))
})

test('connections through the proxy are reused', async () => {
  const { proxy, sim } = await startNetwork()
  const from = source({ HTTPS_PROXY: proxy.url })
  for (let times = 0; times < 5; times++) await typesOf(from)
  expect(sim.requests().length).toBeGreaterThan(proxy.passed.length)
})

test('a proxy with authentication receives the credentials of its URL', async () => {
  const { proxy } = await startNetwork({ credentials: 'me:p@ss' })
  const url = `http://me:p%40ss@${proxy.address}`
  expect(await typesOf(source({ HTTPS_PROXY: url }))).toBeGreaterThan(10)
  expect(proxy.refused).toEqual([])
})

test('the proxy-url of the kubeconfig has precedence over HTTPS_PROXY and NO_PROXY', async () => {
  const { proxy } = await startNetwork()
  const { proxy: other } = await startNetwork({ refuses: 403 })
  const settings = { HTTPS_PROXY: other.url, NO_PROXY: '*' }
  expect(await typesOf(source(settings, { proxyUrl: proxy.url }))).toBeGreaterThan(10)
  expect(other.refused).toEqual([])
})

test('an API server on the loopback is reached without the proxy', async () => {
  const { proxy, port } = await startNetwork()
  const from = source({ HTTPS_PROXY: proxy.url }, { server: `https://127.0.0.1:${port}` })
  expect(await typesOf(from)).toBeGreaterThan(10)
  expect([...proxy.passed, ...proxy.refused]).toEqual([])
})

test.each(['cluster.test', '.test', 'cluster.test:6443', '*'])(
  'requests to an API server in NO_PROXY=%s do not use the proxy',
  async (noProxy) => {
    const { proxy } = await startNetwork()
    const { message } = await faultOf(source({ HTTPS_PROXY: proxy.url, NO_PROXY: noProxy }))
    expect(message).toMatch(/ENOTFOUND|EAI_AGAIN/)
    expect([...proxy.passed, ...proxy.refused]).toEqual([])
  },
)

test('an API server without a proxy for its scheme is reached directly', async () => {
  const { proxy } = await startNetwork()
  await faultOf(source({ HTTP_PROXY: proxy.url }))
  expect([...proxy.passed, ...proxy.refused]).toEqual([])
})

test.each([
  ['10.96.0.1', undefined, 'proxy.example:3128'],
  ['10.96.0.1', '10.0.0.0/8', undefined],
  ['10.96.0.1', '.svc,10.96.0.1', undefined],
  ['fd00::1', 'fd00::/8', undefined],
])(
  'in a pod with the API server at %s and NO_PROXY=%s the proxy is %s',
  async (host, noProxy, address) => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', host)
    vi.stubEnv('KUBERNETES_SERVICE_PORT', '443')
    onTestFinished(() => void vi.unstubAllEnvs())
    const settings = { HTTPS_PROXY: 'http://proxy.example:3128', NO_PROXY: noProxy }
    const clusters = open({ inCluster: true, chooseProxy: readProxyRules(settings).choose })
    expect((await clusters.default.address?.())?.proxy?.address).toBe(address)
  },
)

describe('an error names the proxy and its setting', () => {
  test('if the proxy requires credentials', async () => {
    const { proxy } = await startNetwork({ credentials: 'me:secret' })
    const { message, hint } = await faultOf(source({ HTTPS_PROXY: proxy.url }))
    expect(message).toContain(
      `The proxy ${proxy.address} (HTTPS_PROXY) requires a user and password (407)`,
    )
    expect(hint).toContain('USER:PASSWORD@ before the host in HTTPS_PROXY')
  })

  test('if the proxy rejects the API server', async () => {
    const { proxy } = await startNetwork({ refuses: 403 })
    const { message, hint } = await faultOf(source({ HTTPS_PROXY: proxy.url }))
    expect(message).toContain(`(HTTPS_PROXY) refused to connect to cluster.test:6443 (403)`)
    expect(hint).toContain('add cluster.test to NO_PROXY')
  })

  test('if the proxy is set in the kubeconfig', async () => {
    const { proxy } = await startNetwork({ refuses: 502 })
    const { message } = await faultOf(source({}, { proxyUrl: proxy.url }))
    expect(message).toContain(`${proxy.address} (proxy-url of the context) cannot reach`)
  })

  test('if nothing listens at the address of the proxy', async () => {
    const { message, hint } = await faultOf(
      source({ HTTPS_PROXY: `http://127.0.0.1:${await ownPort()}` }),
    )
    expect(message).toContain('(HTTPS_PROXY) cannot be reached: ECONNREFUSED')
    expect(hint).toContain('Check HTTPS_PROXY')
  })

  test('if the proxy closes the connection', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const { message } = await faultOf(source({ HTTPS_PROXY: `http://127.0.0.1:${port}` }))
    expect(message).toContain(`The proxy 127.0.0.1:${port} (HTTPS_PROXY) closed the connection`)
  })

  test('if a CA that is not in the kubeconfig signed the certificate', async () => {
    const { proxy } = await startNetwork()
    const { ca } = await makeCertificates()
    const { message } = await faultOf(source({ HTTPS_PROXY: proxy.url }, { ca }))
    expect(message).toContain('returned a certificate for cluster.test:6443 of an unknown CA')
  })
})
