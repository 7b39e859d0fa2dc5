import { request as httpRequest } from 'node:http'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { parseTokens } from '../../src/plugins/tokens.ts'
import { startRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'
import { routeTable } from '../support/route-table.ts'

const CANARY = 'canary-admin-0123456789abcdef'
const READER = 'reader-token-0123456789abcdef'
const CI = 'ci-token-0123456789abcdefghij'
const TOKENS = parseTokens(`ops:admin:${CANARY},view:read:${READER},ci:scan:${CI}`)

const OPEN = ['/livez', '/readyz', '/version']
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

test('every route except the probes rejects requests without a valid token', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const routes = routeTable(rig.app)
  expect(routes.length).toBeGreaterThan(90)
  const wrong = [
    '',
    'Bearer ',
    'Bearer wrong-token-0123456789',
    `Bearer ${CANARY}x`,
    `Token ${CANARY}`,
  ]
  for (const { method, path, pattern } of routes) {
    for (const authorization of wrong) {
      const response = await rig.ask(path, {
        method,
        headers: authorization === '' ? {} : { authorization },
      })
      const expected = OPEN.includes(pattern) ? 200 : 401
      expect(response.status, `${method} ${pattern} with "${authorization}"`).toBe(expected)
      if (expected !== 401) continue
      expect(response.headers.get('www-authenticate')).toContain('Bearer')
      if (method !== 'HEAD') expect(await response.json()).toMatchObject({ code: 'UNAUTHORIZED' })
    }
  }
})

test('a token can use exactly the routes of its scopes', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ tokens: TOKENS, clusters })
  const allowed = async (path: string, token: string, json?: unknown): Promise<number> =>
    (await rig.ask(path, { ...(json ? { json } : {}), headers: bearer(token) })).status
  expect(await allowed('/api/v1/scans', READER)).toBe(200)
  expect(await allowed('/api/v1/scans', READER, {})).toBe(403)
  expect(await allowed('/api/v1/scans', CI, {})).toBe(202)
  expect(await allowed('/api/v1/scans', CI)).toBe(200)
  expect(await allowed('/api/v1/queue/pause', CI, {})).toBe(403)
  expect(await allowed('/api/v1/queue/pause', CANARY, {})).toBe(200)
  expect(await allowed('/queues', READER)).toBe(403)
  expect(await allowed('/queues', CANARY)).toBe(200)
  const refused = await rig.ask('/api/v1/scans', { json: {}, headers: bearer(READER) })
  expect(await refused.json()).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'scan' })
})

test('`createdBy` of a scan is the token that started it', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ tokens: TOKENS, clusters })
  const response = await rig.ask('/api/v1/scans', { json: {}, headers: bearer(CI) })
  expect(await response.json()).toMatchObject({ createdBy: 'token:ci' })
})

test('browser pages accept the token as the password of HTTP Basic, and API routes do not', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const basic = (token: string) => ({
    authorization: `Basic ${Buffer.from(`user:${token}`).toString('base64')}`,
  })
  expect((await rig.ask('/queues', { headers: basic(CANARY) })).status).toBe(200)
  expect((await rig.ask('/docs/', { headers: basic(READER) })).status).toBe(200)
  expect((await rig.ask('/queues')).headers.get('www-authenticate')).toContain('Basic')
  expect((await rig.ask('/api/v1/scans', { headers: basic(CANARY) })).status).toBe(401)
})

test.each([
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
  ['another site, in an old browser', { origin: 'https://evil.example' }],
  ['another port, in an old browser', { origin: 'http://127.0.0.1:1' }],
  ['a sandbox', { origin: 'null' }],
])('a page of %s cannot make changes, whatever credentials the browser sends', async (_, said) => {
  const guarded = await startRig({ tokens: TOKENS })
  const open = await startRig()
  for (const [rig, token] of [
    [guarded, bearer(CANARY)],
    [open, {}],
  ] as const) {
    const headers = { ...token, ...said }
    // Without body and Content-Type: the simplest request that a page can send.
    const response = await rig.ask('/api/v1/queue/pause', { method: 'POST', headers })
    expect(response.status).toBe(403)
    expect(await rig.queue.isPaused()).toBe(false)
    const read = await rig.ask('/api/v1/queue', { headers })
    expect(read.headers.get('access-control-allow-origin')).toBeNull()
  }
})

test('requests from pages of this server and from programs may make changes', async () => {
  const rig = await startRig()
  const pages = [
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { origin: rig.url },
    {},
  ]
  for (const headers of pages) {
    const response = await rig.ask('/api/v1/queue/resume', { method: 'POST', headers })
    expect(response.status, JSON.stringify(headers)).toBe(200)
  }
})

test('a form of a web page cannot start a scan', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters })
  for (const type of ['text/plain', 'multipart/form-data; boundary=x']) {
    const headers = { 'content-type': type }
    const response = await rig.ask('/api/v1/scans', { method: 'POST', body: '{}', headers })
    expect(response.status, type).toBe(415)
  }
  const untyped = await rig.ask('/api/v1/scans', { method: 'POST', body: new Blob(['{}']) })
  expect(untyped.status).toBe(415)
  // A form from curl is accepted, but not one from a page: browsers send its origin.
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    origin: 'https://evil.example',
  }
  const response = await rig.ask('/api/v1/scans', { method: 'POST', body: '{}', headers })
  expect(response.status).toBe(403)
  expect((await rig.deps.journal.scans({ limit: 1 })).data).toEqual([])
})

test('a preflight request from another site is rejected', async () => {
  const rig = await startRig()
  const preflight = await rig.ask('/api/v1/scans', {
    method: 'OPTIONS',
    headers: {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  })
  expect(preflight.status).toBe(405)
  expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual(
    [],
  )
})

test('a server without tokens answers to loopback names only', async () => {
  const rig = await startRig()
  const statusFor = async (host: string): Promise<number | undefined> => {
    const request = httpRequest(`${rig.url}/api/v1/scans`, { headers: { host } }).end()
    const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage]
    response.resume()
    return response.statusCode
  }
  expect(await statusFor('localhost:8080')).toBe(200)
  expect(await statusFor('127.0.0.1')).toBe(200)
  expect(await statusFor('[::1]:99')).toBe(200)
  expect(await statusFor('rebound.example.com')).toBe(403)
  expect(await statusFor('127.0.0.1.example.com')).toBe(403)
})

test('a token never appears in logs, responses or Redis keys', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ tokens: TOKENS, clusters })
  let answers = ''
  for (const { method, path } of routeTable(rig.app)) {
    if (path.endsWith('/events') || path.endsWith('scalar.js')) continue
    const response = await rig.ask(path, { method, headers: bearer(CANARY) })
    answers += `${await response.text()}${JSON.stringify([...response.headers])}`
  }
  const started = await rig.ask('/api/v1/scans', {
    json: { labels: {} },
    headers: { ...bearer(CANARY), 'idempotency-key': 'k1' },
  })
  expect(started.status).toBe(202)
  answers += await started.text()
  await rig.ask('/api/v1/scans', { method: 'POST', body: '{', headers: bearer(CANARY) })
  expect(answers.length).toBeGreaterThan(1_000)
  expect(answers).not.toContain(CANARY)
  expect(rig.logged()).toContain('request answered')
  expect(rig.logged()).not.toContain(CANARY)
  for (const key of await rig.deps.redis.keys(`${rig.redis.keys.prefix}*`)) {
    expect(key).not.toContain(CANARY)
    const dump = await rig.deps.redis.dumpBuffer(key)
    expect(dump?.includes(CANARY)).toBe(false)
  }
})
