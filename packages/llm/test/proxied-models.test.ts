import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { findNetworkHint } from '@capstan/shared/http/find-network-hint'
import { useProxies } from '@capstan/shared/http/use-proxies'
import { ItemError } from '@capstan/shared/errors'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import { makeCertificates, type TestCertificates } from '@capstan/testkit/network/certificates'
import { startConnectProxy, type ConnectProxyOptions } from '@capstan/testkit/network/connect-proxy'
import { startTlsFront } from '@capstan/testkit/network/tls-front'
import { ownPort } from '@capstan/testkit/own-port'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openOpenAiEmbedder } from '../src/openai-embedder.ts'
import { openModels } from '../src/open-models.ts'

const KEY = 'sk-canary-0123456789abcdef'
const never = (): AbortSignal => new AbortController().signal
const QUESTION = buildQuestion({ outline: 'Widget (example.com/v1, namespaced)' })

let certificates: TestCertificates
beforeAll(async () => {
  certificates = await makeCertificates(['models.test'])
})

/** Trusts the test CA, like NODE_EXTRA_CA_CERTS at the start of a process. */
function trustTestCa(): void {
  const usual = getCACertificates('default')
  setDefaultCACertificates([...usual, certificates.ca])
  onTestFinished(() => setDefaultCACertificates(usual))
}

/** Starts a provider with a host name that only the proxy resolves, for http and https, and the proxy of this process. */
async function startNetwork(
  options: Partial<ConnectProxyOptions> = {},
  settings: (address: string) => Parameters<typeof useProxies>[0] = (address) => ({
    HTTPS_PROXY: `http://${address}`,
    HTTP_PROXY: `http://${address}`,
  }),
) {
  const sim = await testProviderSim()
  const proxy = await startConnectProxy({
    reaches: {
      'models.test:443': await startTlsFront(sim.url, certificates),
      'models.test:8000': Number(new URL(sim.url).port),
    },
    ...options,
  })
  await useProxies(settings(proxy.address))
  return { sim, proxy }
}

type Ask = (base: string) => Promise<unknown>

const CLIENTS: [string, string, Ask][] = [
  [
    'anthropic',
    '/v1/messages',
    (base) => ask('anthropic', { anthropic: { apiKey: KEY, baseUrl: base } }),
  ],
  [
    'openai chat',
    '/v1/chat/completions',
    (base) => ask('openai', { openai: { apiKey: KEY, baseUrl: `${base}/v1` } }),
  ],
  [
    'openai responses',
    '/v1/responses',
    (base) => ask('openai', { openai: { apiKey: KEY, baseUrl: `${base}/v1`, api: 'responses' } }),
  ],
  [
    'embeddings',
    '/v1/embeddings',
    async (base) => {
      const settings = { model: 'm', dimensions: 1_536, apiKey: KEY, baseUrl: `${base}/v1` }
      const { vectors } = await openOpenAiEmbedder(settings).ask(['a text'], never())
      expect(vectors).toHaveLength(1)
    },
  ],
]

async function ask(
  provider: 'anthropic' | 'openai',
  settings: Partial<Parameters<typeof openModels>[0]>,
): Promise<void> {
  const model = (await openModels({ ...settings, timeoutMs: 60_000 })).get(provider, 'm')
  if (!model) throw new Error('no model')
  const { text } = await model.ask(QUESTION, never())
  expect(parseAnswer(text).outcome).toBe('valid')
}

describe.each(CLIENTS)('%s', (_, path, send) => {
  test('a call reaches an https provider with a private CA through CONNECT', async () => {
    trustTestCa()
    const { proxy } = await startNetwork()
    await send('https://models.test')
    expect(proxy.passed).toEqual(['CONNECT models.test:443'])
  })

  test('a call reaches an http provider by a forwarded request', async () => {
    const { proxy } = await startNetwork()
    await send('http://models.test:8000')
    expect(proxy.passed).toEqual([`POST http://models.test:8000${path}`])
  })

  test('a call sends the credentials of the proxy URL to the proxy', async () => {
    trustTestCa()
    const { proxy } = await startNetwork({ credentials: 'me:p@ss/word' }, (address) => ({
      HTTPS_PROXY: `http://me:p%40ss%2Fword@${address}`,
      HTTP_PROXY: `http://me:p%40ss%2Fword@${address}`,
    }))
    await send('https://models.test')
    await send('http://models.test:8000')
    expect(proxy.refused).toEqual([])
    expect(proxy.passed).toHaveLength(2)
  })

  test('a call to loopback addresses and NO_PROXY hosts uses no proxy', async () => {
    const { proxy, sim } = await startNetwork({}, (address) => ({
      HTTPS_PROXY: `http://${address}`,
      HTTP_PROXY: `http://${address}`,
      NO_PROXY: '.test',
    }))
    await send(sim.url)
    await expect(send('http://models.test:8000')).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/)
    expect([...proxy.passed, ...proxy.refused]).toEqual([])
  })

  test('a call reaches a provider through an https proxy', async () => {
    trustTestCa()
    const { proxy } = await startNetwork({ tls: certificates }, (address) => ({
      HTTPS_PROXY: `https://${address}`,
      HTTP_PROXY: `https://${address}`,
    }))
    await send('https://models.test')
    await send('http://models.test:8000')
    expect(proxy.passed).toHaveLength(2)
  })
})

describe.each(CLIENTS)('an error of %s', (_name, _path, send) => {
  async function catchFault(base: string): Promise<{ message: string; hint: string | undefined }> {
    const error: unknown = await send(base).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof ItemError)) throw new Error(`no ItemError but ${String(error)}`)
    expect(`${error.message} ${error.hint}`).not.toContain('canary')
    return { message: error.message, hint: findNetworkHint(error) }
  }

  test.each(['https://models.test', 'http://models.test:8000'])(
    'a proxy that requires credentials is named with its setting for %s',
    async (base) => {
      const { proxy } = await startNetwork({ credentials: 'me:secret' })
      const setting = base.startsWith('https') ? 'HTTPS_PROXY' : 'HTTP_PROXY'
      const { message, hint } = await catchFault(base)
      expect(message).toContain(
        `The proxy ${proxy.address} (${setting}) requires a user and password (407)`,
      )
      expect(hint).toContain(`USER:PASSWORD@ before the host in ${setting}`)
    },
  )

  test('a proxy that rejects the credentials is named without the credentials', async () => {
    const { proxy } = await startNetwork({ credentials: 'me:other' }, (address) => ({
      HTTPS_PROXY: `http://me:canary@${address}`,
    }))
    const { message, hint } = await catchFault('https://models.test')
    expect(message).toContain(
      `The proxy ${proxy.address} (HTTPS_PROXY) refused its user and password (407)`,
    )
    expect(hint).toContain('Check user and password in HTTPS_PROXY')
  })

  test.each([
    [403, 'refused to connect to models.test:443 (403)', 'allow CONNECT to models.test:443'],
    [502, 'cannot reach models.test:443 (502)', 'add models.test to NO_PROXY'],
    [405, 'refused to connect to models.test:443 (405)', 'add models.test to NO_PROXY'],
  ])('a proxy that answers CONNECT with %d is named', async (status, what, fix) => {
    const { proxy } = await startNetwork({ refuses: status })
    const { message, hint } = await catchFault('https://models.test')
    expect(message).toContain(`The proxy ${proxy.address} (HTTPS_PROXY) ${what}`)
    expect(hint).toContain(fix)
  })

  test.each(['https://models.test', 'http://models.test:8000'])(
    'an unreachable proxy is named for %s',
    async (base) => {
      const port = await ownPort()
      const address = `127.0.0.1:${port}`
      await useProxies({ HTTPS_PROXY: `http://${address}`, HTTP_PROXY: `http://${address}` })
      const { message, hint } = await catchFault(base)
      expect(message).toMatch(
        new RegExp(
          String.raw`The proxy ${address} \(HTTPS?_PROXY\) cannot be reached: ECONNREFUSED`,
        ),
      )
      expect(hint).toMatch(/Check HTTPS?_PROXY/)
    },
  )

  test('an unknown CA behind a proxy is reported with the proxy and NODE_EXTRA_CA_CERTS', async () => {
    const { proxy } = await startNetwork()
    const { message, hint } = await catchFault('https://models.test')
    expect(message).toContain(
      `The proxy ${proxy.address} (HTTPS_PROXY) returned a certificate for models.test:443 of an unknown CA`,
    )
    expect(hint).toContain('NODE_EXTRA_CA_CERTS')
  })

  test('an unknown CA without a proxy is reported with NODE_EXTRA_CA_CERTS', async () => {
    const sim = await testProviderSim()
    const port = await startTlsFront(sim.url, certificates)
    const { message, hint } = await catchFault(`https://127.0.0.1:${port}`)
    expect(message).toMatch(/certificate/)
    expect(hint).toContain('NODE_EXTRA_CA_CERTS')
  })
})
