import { beforeAll, afterAll, expect, test } from 'vitest'
import { makeCertificates } from '@capstan/testkit/network/certificates'
import { startConnectProxy } from '@capstan/testkit/network/connect-proxy'
import { startTlsFront } from '@capstan/testkit/network/tls-front'
import { createFreshMachine } from './fresh-machine.ts'
import { spawnCapstan } from './run-capstan.ts'
import { startCliTestServer, type CliTestServer } from './start-server.ts'

let server: CliTestServer
beforeAll(async () => {
  server = await startCliTestServer()
})
afterAll(() => server.close())

/** Runs the CLI in a process of its own, because a proxy applies to a whole process. */
async function capstan(args: string[], environment: Record<string, string>) {
  const running = spawnCapstan(args, { ...server.client, ...environment })
  return { code: await running.ended, out: running.out(), err: running.err() }
}

async function startProxy(credentials?: string) {
  const reaches = { 'capstan.test:8080': Number(new URL(server.url).port) }
  return startConnectProxy({ reaches, ...(credentials === undefined ? {} : { credentials }) })
}

const REMOTE = { CAPSTAN_SERVER: 'http://capstan.test:8080' }

test('a remote server is reached through the proxy, and doctor names both', async () => {
  const proxy = await startProxy('me:canary-password')
  const http_proxy = `http://me:canary-password@${proxy.address}`
  const { code, out, err } = await capstan(['doctor'], { ...REMOTE, http_proxy })
  expect(`${out}${err}`).toContain(
    `this command to server at capstan.test:8080: through the proxy ${proxy.address} (HTTP_PROXY)`,
  )
  expect(code).toBe(0)
  expect(proxy.passed).toContain('GET http://capstan.test:8080/version')
  expect(out + err).not.toContain('canary')
})

test('a server on the loopback is reached without the proxy', async () => {
  const proxy = await startProxy()
  const { code, out } = await capstan(['doctor'], {
    HTTP_PROXY: proxy.url,
    HTTPS_PROXY: proxy.url,
  })
  expect(code).toBe(0)
  expect(out).toMatch(/this command to server at 127\.0\.0\.1:\d+: directly/)
  expect([...proxy.passed, ...proxy.refused]).toEqual([])
})

test('a proxy that demands credentials is reported with its setting', async () => {
  const proxy = await startProxy('me:canary-password')
  const { code, err } = await capstan(['get', 'workers'], { ...REMOTE, HTTP_PROXY: proxy.url })
  expect(code).toBe(4)
  expect(err).toContain(
    `The proxy ${proxy.address} (HTTP_PROXY) requires a user and password (407)`,
  )
  expect(err).toContain('fix: Write USER:PASSWORD@ before the host in HTTP_PROXY.')
})

test.each([['get', 'workers'], ['up']])(
  '`capstan %s` rejects an invalid proxy and shows the valid form',
  async (...args) => {
    const { code, err } = await capstan(args, { HTTPS_PROXY: 'me:canary@proxy.example:3128' })
    expect(code).toBe(2)
    expect(err).toContain(
      'HTTPS_PROXY: has no scheme; write http://proxy.example:3128 with USER:PASSWORD@ before the host',
    )
    expect(err).not.toContain('canary')
  },
)

test('up passes proxy and CA file to its workers and reaches its own services without the proxy', async () => {
  const certificates = await makeCertificates(['models.test'])
  const models = await startTlsFront(server.provider.url, certificates)
  const proxy = await startConnectProxy({ reaches: { 'models.test:443': models } })
  const { environment } = await createFreshMachine()
  const up = spawnCapstan(['up', '--port', '0', '--workers', '1'], {
    ...environment,
    OPENAI_API_KEY: 'sk-canary-0123456789abcdef',
    OPENAI_BASE_URL: 'https://models.test/v1',
    https_proxy: proxy.url,
    HTTP_PROXY: proxy.url,
    NODE_EXTRA_CA_CERTS: certificates.caFile,
  })
  await up.waitForText('Ctrl-C stops it')
  const [, url = ''] = /serves at (\S+)/.exec(up.out()) ?? []
  const response = await fetch(`${url}/api/v1/providers/openai/test`, { method: 'POST' })
  expect(await response.json()).toMatchObject({ ok: true })
  expect(new Set(proxy.passed)).toEqual(new Set(['CONNECT models.test:443']))
  expect(proxy.refused).toEqual([])
  up.kill('SIGINT')
  expect(await up.ended).toBe(0)
})

test('help and version work with an invalid proxy setting', async () => {
  const bad = { HTTPS_PROXY: 'proxy.example:3128' }
  expect(await capstan(['--help'], bad)).toMatchObject({ code: 0 })
  expect(await capstan(['--version'], bad)).toMatchObject({ code: 0 })
})
