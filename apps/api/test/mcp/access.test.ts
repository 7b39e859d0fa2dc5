import { request } from 'node:http'
import { expect, test } from 'vitest'
import { parseTokens } from '../../src/access/tokens.ts'
import { startRig } from '../support/api-rig.ts'
import { connectMcp } from './mcp-client.ts'

const TOKEN = {
  read: 'viewer-token-0123456789abcdef',
  scan: 'operator-token-0123456789abc',
}
const TOKENS = parseTokens(`v:read:${TOKEN.read},o:scan:${TOKEN.scan}`)
const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' }

/** Sends a message with any Host header, which fetch does not allow. */
function post(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const accept = 'application/json, text/event-stream'
    const sent = request(
      new URL('/mcp', url),
      { method: 'POST', headers: { 'content-type': 'application/json', accept, ...headers } },
      (response) => {
        response.resume()
        resolve(response.statusCode)
      },
    )
    sent.once('error', reject)
    sent.end(JSON.stringify(LIST))
  })
}

test('a server without a login refuses an evil Host alone and an evil Origin alone', async () => {
  const { url } = await startRig()
  const { host } = new URL(url)
  expect(await post(url, {})).toBe(200)
  expect(await post(url, { origin: `http://${host}` })).toBe(200)
  expect(await post(url, { host: 'evil.example' })).toBe(403)
  expect(await post(url, { origin: 'http://evil.example' })).toBe(403)
  expect(await post(url, { origin: 'null' })).toBe(403)
  expect(await post(url, { origin: 'http://127.0.0.1.evil.example' })).toBe(403)
  expect(await post(url, { host: 'evil.example', origin: 'http://evil.example' })).toBe(403)
})

test('a server with tokens refuses an evil Origin even with a token', async () => {
  const { url } = await startRig({
    tokens: TOKENS,
    links: { publicUrl: 'https://capstan.example' },
  })
  const authorization = `Bearer ${TOKEN.read}`
  expect(await post(url, { authorization })).toBe(200)
  expect(await post(url, { authorization, origin: 'https://capstan.example' })).toBe(200)
  expect(await post(url, { authorization, origin: 'http://evil.example' })).toBe(403)
  expect(await post(url, {})).toBe(401)
  expect(await post(url, { authorization: 'Bearer wrong-token-0123456789' })).toBe(401)
})

test('methods other than POST are refused, because the server keeps no sessions', async () => {
  const rig = await startRig()
  for (const method of ['GET', 'DELETE']) {
    const response = await rig.ask('/mcp', { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  }
})

test('nothing is announced as changing, and lists may be cached', async () => {
  const { url } = await startRig()
  const client = await connectMcp(url)
  expect(client.getServerCapabilities()).toMatchObject({
    tools: { listChanged: false },
    resources: { listChanged: false },
    prompts: { listChanged: false },
  })
  const list = await client.listTools()
  expect(list).toMatchObject({ ttlMs: 3_600_000, cacheScope: 'private' })
})

test('a viewer sees only tools that read', async () => {
  const { url } = await startRig({ tokens: TOKENS })
  const client = await connectMcp(url, { token: TOKEN.read })
  const { tools } = await client.listTools()
  expect(tools.map(({ name }) => name)).toEqual([
    'search_capabilities',
    'get_capability',
    'list_resource_types',
    'get_scan',
  ])
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true)
})

test('a message that is nested too deeply is an invalid request', async () => {
  const rig = await startRig()
  const body = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const headers = { 'content-type': 'application/json' }
  const response = await rig.ask('/mcp', { method: 'POST', body, headers })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ code: 'VALIDATION' })
})
