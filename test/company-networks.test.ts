import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { COMPILE_CACHE } from '@capstan/testkit/compile-cache'
import { makeCertificates } from '@capstan/testkit/network/certificates'
import { startConnectProxy, type ConnectProxyOptions } from '@capstan/testkit/network/connect-proxy'
import { startTlsFront } from '@capstan/testkit/network/tls-front'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { testQdrant } from '@capstan/testkit/qdrant/qdrant-server'
import { testRedis } from '@capstan/testkit/redis'
import { startTestProcess } from '@capstan/testkit/start-test-process'
import { until } from '@capstan/testkit/until'
import { startTestStack, temporaryFile } from './test-stack.ts'

const KEY = 'sk-canary-0123456789abcdef'
const PASSWORD = 'canary-of-the-proxy'

const portOf = ({ url }: { url: string }): number => Number(new URL(url).port)

/** All services that Capstan calls, under names that only the proxy resolves, with TLS from a private CA. */
async function startCompany(options: Partial<ConnectProxyOptions> = {}) {
  const certificates = await makeCertificates(['cluster.test', 'models.test', 'vectors.test'])
  const [cluster, sim, qdrant] = [
    await testClusterSim({ anonymous: true }),
    await testProviderSim(),
    await testQdrant(),
  ]
  const models = await startTlsFront(sim.url, certificates)
  const proxy = await startConnectProxy({
    reaches: {
      'cluster.test:6443': await startTlsFront(cluster.url, certificates),
      'models.test:443': models,
      'vectors.test:8443': models,
      'local-model.test:11434': portOf(sim),
      'qdrant.test:6333': portOf(qdrant),
    },
    credentials: `me:${PASSWORD}`,
    ...options,
  })
  const { url, keys } = testRedis()
  const kubeconfig = JSON.stringify({
    clusters: [
      {
        name: 'c',
        cluster: {
          server: 'https://cluster.test:6443',
          'certificate-authority-data': Buffer.from(certificates.ca).toString('base64'),
        },
      },
    ],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'c',
  })
  return {
    proxy,
    sim,
    certificates,
    environment: { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix },
    network: {
      HTTPS_PROXY: `http://me:${PASSWORD}@${proxy.address}`,
      HTTP_PROXY: `http://me:${PASSWORD}@${proxy.address}`,
      NODE_EXTRA_CA_CERTS: certificates.caFile,
    },
    api: {
      KUBECONFIG: await temporaryFile('kubeconfig', kubeconfig),
      QDRANT_URL: 'http://qdrant.test:6333',
      EMBEDDINGS_URL: 'https://vectors.test:8443/v1',
      EMBEDDINGS_DIMENSIONS: '64',
    },
    worker: {
      ANTHROPIC_API_KEY: KEY,
      ANTHROPIC_BASE_URL: 'https://models.test',
      OPENAI_API_KEY: KEY,
      OPENAI_BASE_URL: 'http://local-model.test:11434/v1',
    },
  }
}

const TYPES = { include: ['deployments.apps', 'services', 'pods'] }

test('scan, search and both SDKs work when everything but Redis is behind an authenticated proxy with a private CA', async () => {
  const { proxy, environment, network, api, worker } = await startCompany()
  const stack = await startTestStack({
    environment: { ...environment, ...network },
    api,
    worker,
    start: startTestProcess,
  })
  for (const provider of ['anthropic', 'openai']) {
    const scan = await stack.settled(await stack.scan({ ...TYPES, provider }))
    expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 3, failed: 0 } })
  }
  await until('a search in Qdrant', async () => {
    const response = await stack.ask('/api/v1/capabilities/search?q=deployment&mode=semantic')
    return response.status === 200 || undefined
  })
  await until(
    'the copy in Qdrant',
    () => proxy.passed.some((line) => line.startsWith('PUT http://qdrant.test:6333/')) || undefined,
  )
  const { data } = (await (await stack.ask('/api/v1/network')).json()) as { data: object[] }
  const through = { proxy: proxy.address, setting: 'HTTPS_PROXY' }
  expect(data).toMatchObject([
    { process: 'api', use: 'cluster', target: 'cluster.test:6443', ...through },
    { process: 'api', use: 'qdrant', target: 'qdrant.test:6333', setting: 'HTTP_PROXY' },
    { process: 'api', use: 'embeddings', target: 'vectors.test:8443', ...through },
    { use: 'anthropic', target: 'models.test:443', ...through },
    { use: 'openai', target: 'local-model.test:11434', setting: 'HTTP_PROXY' },
  ])
  expect(JSON.stringify(data)).not.toContain('canary')
  expect(proxy.refused).toEqual([])
  expect(proxy.passed).toEqual(
    expect.arrayContaining([
      'CONNECT cluster.test:6443',
      'CONNECT models.test:443',
      'CONNECT vectors.test:8443',
      'POST http://local-model.test:11434/v1/chat/completions',
    ]),
  )
  const hosts = new Set(
    proxy.passed.map((line) => /[\w-]+\.test|127\.0\.0\.1|localhost/.exec(line)?.[0]),
  )
  expect(hosts).toEqual(
    new Set(['cluster.test', 'models.test', 'vectors.test', 'local-model.test', 'qdrant.test']),
  )
  expect(stack.api.output() + (stack.worker?.output() ?? '')).not.toContain('canary')
})

test('lower-case proxy variables win, and hosts of NO_PROXY and the loopback bypass the proxy', async () => {
  const { proxy, sim, environment, network, api, worker } = await startCompany()
  const stack = await startTestStack({
    environment: {
      ...environment,
      ...network,
      HTTPS_PROXY: 'http://127.0.0.1:9',
      https_proxy: network.HTTPS_PROXY,
      no_proxy: 'qdrant.test,vectors.test',
    },
    api,
    worker: { ...worker, ANTHROPIC_BASE_URL: sim.url },
    start: startTestProcess,
  })
  const scan = await stack.settled(await stack.scan({ ...TYPES, provider: 'anthropic' }))
  expect(scan).toMatchObject({ status: 'succeeded' })
  expect(new Set(proxy.passed)).toEqual(
    new Set(['CONNECT cluster.test:6443', 'GET http://local-model.test:11434/v1/models']),
  )
})

test('a provider with an untrusted CA is reported together with the proxy and NODE_EXTRA_CA_CERTS', async () => {
  const { proxy, environment, network, worker } = await startCompany()
  const { NODE_EXTRA_CA_CERTS: _, ...proxies } = network
  const stack = await startTestStack({
    environment: { ...environment, ...proxies },
    worker,
    start: startTestProcess,
  })
  const response = await stack.ask('/api/v1/providers/anthropic/test', { json: {} })
  const text = await response.text()
  expect(text).toContain(`The proxy ${proxy.address} (HTTPS_PROXY) returned a certificate`)
  expect(text).toContain('NODE_EXTRA_CA_CERTS')
  expect(text).not.toContain('canary')
})

describe('a process refuses to start', () => {
  const run = promisify(execFile)

  async function start(app: string, settings: Record<string, string>) {
    const main = fileURLToPath(new URL(`../apps/${app}/src/main.ts`, import.meta.url))
    const env = {
      REDIS_URL: 'redis://127.0.0.1:1',
      NODE_NO_WARNINGS: '1',
      ...COMPILE_CACHE,
      ...settings,
    }
    return run(process.execPath, [main], { env }).then(
      () => ({ code: 0, stderr: '' }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
    )
  }

  const BAD: [string, () => Promise<Record<string, string>>, string][] = [
    [
      'a proxy without a scheme',
      async () => ({ HTTPS_PROXY: `me:${PASSWORD}@proxy.corp.example:3128` }),
      'HTTPS_PROXY: has no scheme; write http://proxy.corp.example:3128 with USER:PASSWORD@ before the host',
    ],
    [
      'a lower-case proxy with a bad port',
      async () => ({ http_proxy: 'http://proxy.corp.example:70000' }),
      'HTTP_PROXY: must be the URL of a proxy',
    ],
    [
      'a SOCKS proxy',
      async () => ({ HTTPS_PROXY: 'socks5://127.0.0.1:1080' }),
      'HTTPS_PROXY: SOCKS proxies are not supported',
    ],
    [
      'a file that holds a bad proxy',
      async () => ({ HTTPS_PROXY_FILE: await temporaryFile('proxy', `ftp://me:${PASSWORD}@p:1`) }),
      'HTTPS_PROXY: must begin with http:// or https://, not ftp://; write http://p:1 with USER:PASSWORD@ before the host',
    ],
    [
      'a range that is none',
      async () => ({ NO_PROXY: 'a.example,10.0.0.0/40' }),
      'NO_PROXY: has 10.0.0.0/40, which is not an address range; write it like 10.0.0.0/8',
    ],
    [
      'a CA file that does not exist',
      async () => ({ NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' }),
      'NODE_EXTRA_CA_CERTS: /nowhere/ca.pem cannot be read (ENOENT)',
    ],
    [
      'an empty CA file',
      async () => ({ NODE_EXTRA_CA_CERTS: await temporaryFile('ca.pem', '') }),
      'has no certificate in PEM form',
    ],
    [
      'a CA file that is no certificate',
      async () => ({ NODE_EXTRA_CA_CERTS: await temporaryFile('ca.pem', '<html>login</html>') }),
      'has no certificate in PEM form',
    ],
    [
      'a damaged certificate',
      async () => {
        const { ca } = await makeCertificates()
        const damaged = ca.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA')
        return { NODE_EXTRA_CA_CERTS: await temporaryFile('ca.pem', `${ca}\n${damaged}`) }
      },
      'certificate 2 of ',
    ],
  ]

  test.each(BAD)('when given %s, naming the setting and the correction', async (_, make, text) => {
    for (const app of ['api', 'worker']) {
      const { code, stderr } = await start(app, await make())
      expect({ app, code, stderr }).toMatchObject({ app, code: 78 })
      expect(stderr).toContain(text)
      expect(stderr).not.toContain('canary')
    }
  })
})
