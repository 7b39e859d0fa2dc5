import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { parseHostPatterns } from '@capstan/shared/http/no-proxy'
import { openTargetClient, type TargetClient } from '@capstan/shared/http/open-target-client'
import { readProxyRules } from '@capstan/shared/http/proxy-rules'
import { listenForTest } from '@capstan/testkit/listen-for-test'
import { startReceiver } from './webhook-rig.ts'

async function open(allow: string, proxy?: string): Promise<TargetClient> {
  const rules = readProxyRules({ HTTPS_PROXY: proxy, HTTP_PROXY: proxy })
  const client = await openTargetClient(parseHostPatterns(allow), rules)
  onTestFinished(() => client.close())
  return client
}

function post(client: TargetClient, url: string) {
  const signal = AbortSignal.timeout(60_000)
  return client.post(url, { headers: {}, body: '{}', signal })
}

/** A server that counts connections. */
async function countConnections() {
  const server = createServer((_, response) => response.end())
  let connections = 0
  server.on('connection', () => (connections += 1))
  const { url } = await listenForTest(server)
  return { port: new URL(url).port, connections: () => connections }
}

test.each([
  ['a name', 'localhost', /of localhost is not public/],
  ['an address', '127.0.0.1', /127\.0\.0\.1 is not public/],
  ['a mapped address', '[::ffff:127.0.0.1]', /127\.0\.0\.1 is not public/],
  ['an address as a number', '2130706433', /127\.0\.0\.1 is not public/],
])('%s that leads to the loopback gets no connection', async (_, host, message) => {
  const { port, connections } = await countConnections()
  const client = await open('')
  await expect(post(client, `https://${host}:${port}/`)).rejects.toThrow(message)
  await expect(post(client, `http://${host}:${port}/`)).rejects.toThrow('without https')
  expect(connections()).toBe(0)
})

test.each(['localhost', '127.0.0.1', '127.0.0.0/8,::1'])(
  'a private target that %s allows is reached, by name and by http',
  async (allow) => {
    const { url, received } = await startReceiver()
    const client = await open(allow)
    const response = await post(client, url.replace('127.0.0.1', toHost(allow)))
    expect(response.status).toBe(204)
    expect(received).toHaveLength(1)
  },
)

/** The range is tried with a name, which it does not contain. */
function toHost(allow: string): string {
  return allow === '127.0.0.1' ? allow : 'localhost'
}

test('through a proxy, private addresses in the URL and http are refused before the proxy is asked', async () => {
  const { port, connections } = await countConnections()
  const client = await open('', `http://127.0.0.1:${port}`)
  await expect(post(client, 'https://10.0.0.1/')).rejects.toThrow('10.0.0.1 is not public')
  await expect(post(client, 'https://[fd00::1]/')).rejects.toThrow('fd00::1 is not public')
  await expect(post(client, 'http://hooks.example/')).rejects.toThrow('without https')
  expect(connections()).toBe(0)
  // The proxy resolves names: it is asked for this one, and refuses.
  await expect(post(client, 'https://hooks.example/')).rejects.toThrow(/proxy/i)
  expect(connections()).toBe(1)
})
