import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { useProxies } from '@capstan/shared/http/use-proxies'
import { makeCertificates } from '@capstan/testkit/network/certificates'
import { startConnectProxy } from '@capstan/testkit/network/connect-proxy'
import { startTlsFront } from '@capstan/testkit/network/tls-front'
import { testQdrant } from '@capstan/testkit/qdrant/qdrant-server'
import {
  openQdrantConnection,
  type QdrantSettings,
} from '@capstan/catalog/qdrant/qdrant-connection'

const KEY = 'canary-of-qdrant'

function collections(settings: QdrantSettings): Promise<unknown> {
  const link = openQdrantConnection({ apiKey: KEY, ...settings })
  return link.call('the list of collections', z.unknown(), (client) => client.getCollections())
}

/** A Qdrant server whose host name only the proxy resolves, for http and https. */
async function startNetwork(refuses?: number) {
  const server = await testQdrant({ apiKey: KEY })
  const certificates = await makeCertificates(['qdrant.test'])
  const proxy = await startConnectProxy({
    reaches: {
      'qdrant.test:6333': Number(new URL(server.url).port),
      'qdrant.test:443': await startTlsFront(server.url, certificates),
    },
    ...(refuses === undefined ? {} : { refuses }),
  })
  const settings = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url }
  await useProxies(settings)
  return { server, proxy, certificates, settings }
}

test('requests to an http Qdrant are forwarded by the proxy', async () => {
  const { proxy, server } = await startNetwork()
  await collections({ url: 'http://qdrant.test:6333' })
  expect(proxy.passed).toEqual(['GET http://qdrant.test:6333/collections'])
  expect(server.requests).toHaveLength(1)
})

test('requests to an https Qdrant use CONNECT and trust a configured CA', async () => {
  const { proxy, certificates } = await startNetwork()
  const defaults = getCACertificates('default')
  setDefaultCACertificates([...defaults, certificates.ca])
  onTestFinished(() => setDefaultCACertificates(defaults))
  await collections({ url: 'https://qdrant.test' })
  expect(proxy.passed).toEqual(['CONNECT qdrant.test:443'])
})

test('a Qdrant on the loopback or in NO_PROXY is reached without the proxy', async () => {
  const { proxy, server, settings } = await startNetwork()
  await useProxies({ ...settings, NO_PROXY: 'qdrant.test' })
  await collections({ url: server.url })
  await expect(collections({ url: 'http://qdrant.test:6333' })).rejects.toThrow(
    /Qdrant does not answer .*(ENOTFOUND|EAI_AGAIN)/,
  )
  expect([...proxy.passed, ...proxy.refused]).toEqual([])
})

test('the error of a rejecting proxy names the proxy and its setting, and no key', async () => {
  const { proxy } = await startNetwork(403)
  const request = collections({ url: 'https://qdrant.test' })
  await expect(request).rejects.toThrow(
    `The proxy ${proxy.address} (HTTPS_PROXY) refused to connect to qdrant.test:443 (403)`,
  )
  await expect(request).rejects.not.toThrow('canary')
})
