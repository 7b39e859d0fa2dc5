import { request as httpRequest } from 'node:http'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { parseTokens } from '../../src/access/tokens.ts'
import { startRig } from '../support/api-rig.ts'
import { logIn } from '../support/log-in.ts'
import { literalClusters } from '../support/literal-clusters.ts'
import { routeTable } from '../support/route-table.ts'

const CANARY = 'canary-admin-0123456789abcdef'
const READER = 'reader-token-0123456789abcdef'
const CI = 'ci-token-0123456789abcdefghij'
const TOKENS = parseTokens(`ops:admin:${CANARY},view:read:${READER},ci:scan:${CI}`)

const SCANS = '/api/v1/scans'
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

test('a token can use exactly the routes of its scopes', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ tokens: TOKENS, clusters })
  const allowed = async (path: string, token: string, json?: unknown): Promise<number> =>
    (await rig.ask(path, { ...(json ? { json } : {}), headers: bearer(token) })).status
  expect(await allowed('/api/v1/scans', READER)).toBe(200)
  expect(await allowed('/api/v1/scans', READER, {})).toBe(403)
  expect(await allowed('/api/v1/scans', CI, {})).toBe(202)
  expect(await allowed('/api/v1/scans', CI)).toBe(200)
  expect(await allowed('/api/v1/queue/pause', READER, {})).toBe(403)
  expect(await allowed('/api/v1/queue/pause', CI, {})).toBe(200)
  expect(await allowed('/api/v1/audit', CI)).toBe(403)
  expect(await allowed('/api/v1/audit', CANARY)).toBe(200)
  expect(await allowed('/queues', READER)).toBe(403)
  expect(await allowed('/queues', CI)).toBe(200)
  const refused = await rig.ask('/api/v1/scans', { json: {}, headers: bearer(READER) })
  expect(await refused.json()).toMatchObject({
    code: 'FORBIDDEN',
    requiredScope: 'scan',
    requiredRole: 'operator',
  })
})

test('`createdBy` of a scan is the token that started it', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ tokens: TOKENS, clusters })
  const response = await rig.ask('/api/v1/scans', { json: {}, headers: bearer(CI) })
  expect(await response.json()).toMatchObject({ createdBy: 'token:ci' })
})

test('a page without a session leads a browser to the login and back, and programs get 401', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const pages = ['/queues', '/docs/', '/problems/forbidden?a=1', '/openapi.json']
  for (const path of pages) {
    const page = await rig.ask(path, { headers: { accept: 'text/html,application/xhtml+xml' } })
    expect(page.status, path).toBe(302)
    expect(page.headers.get('location')).toBe(`/ui/login?next=${encodeURIComponent(path)}`)
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.headers.get('vary')).toContain('Accept')
    const program = await rig.ask(path)
    expect(program.status, path).toBe(401)
    expect(program.headers.get('www-authenticate')).toBe('Bearer realm="capstan"')
  }
  const api = await rig.ask('/api/v1/scans', { headers: { accept: 'text/html' } })
  expect(api.status).toBe(401)
  const basic = `Basic ${Buffer.from(`user:${CANARY}`).toString('base64')}`
  expect((await rig.ask('/queues', { headers: { authorization: basic } })).status).toBe(401)
})

test('the login page and the page after it are below the path prefix', async () => {
  const rig = await startRig({
    tokens: TOKENS,
    links: { publicUrl: 'https://example.com/capstan' },
  })
  const page = await rig.ask('/capstan/queues', { headers: { accept: 'text/html' } })
  const next = encodeURIComponent('/capstan/queues')
  expect(page.headers.get('location')).toBe(`/capstan/ui/login?next=${next}`)
})

const FOREIGN = [
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
  ['another site, in an old browser', { origin: 'https://evil.example' }],
  ['another port, in an old browser', { origin: 'http://127.0.0.1:1' }],
  ['a sandbox', { origin: 'null' }],
] as const

test.each(FOREIGN)('a page of %s cannot make changes with a session', async (_, sent) => {
  const rig = await startRig({ tokens: TOKENS })
  const { cookie } = await logIn(rig, CANARY)
  const headers = { cookie, ...sent }
  // Without body and Content-Type: the simplest request that a page can send.
  for (const [method, path] of [
    ['POST', '/api/v1/queue/pause'],
    ['PUT', '/queues/api/queues/infer-demo/pause'],
  ] as const) {
    const response = await rig.ask(path, { method, headers })
    expect(response.status, path).toBe(403)
  }
  expect(await rig.queue.isPaused()).toBe(false)
  const logout = await rig.ask('/api/v1/session', { method: 'DELETE', headers })
  expect(logout.status).toBe(403)
  const read = await rig.ask('/api/v1/queue', { headers })
  expect(read.headers.get('access-control-allow-origin')).toBeNull()
  expect(read.status).toBe(200)
})

test.each(FOREIGN)(
  'a page of %s cannot make changes on a server without tokens',
  async (_, headers) => {
    const rig = await startRig()
    const response = await rig.ask('/api/v1/queue/pause', { method: 'POST', headers })
    expect(response.status).toBe(403)
    expect(await rig.queue.isPaused()).toBe(false)
  },
)

test.each(FOREIGN)('a page of %s cannot log a browser in', async (_, sent) => {
  const rig = await startRig({ tokens: TOKENS })
  // A form, which browsers send without a preflight.
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...sent }
  const body = JSON.stringify({ token: READER })
  const response = await rig.ask('/api/v1/session', { method: 'POST', body, headers })
  expect(response.status).toBe(403)
  expect(response.headers.getSetCookie()).toEqual([])
})

test('a change with a session needs the proof of a browser that it comes from a page of this server', async () => {
  const rig = await startRig({ tokens: TOKENS, links: { publicUrl: 'http://127.0.0.1:9' } })
  const { cookie } = await logIn(rig, CANARY)
  const post = async (headers: Record<string, string>): Promise<number> =>
    (await rig.ask('/api/v1/queue/resume', { method: 'POST', headers: { cookie, ...headers } }))
      .status
  expect(await post({})).toBe(403)
  expect(await post({ 'sec-fetch-site': 'none' })).toBe(403)
  expect(await post({ 'sec-fetch-site': 'same-origin' })).toBe(200)
  expect(await post({ origin: rig.url })).toBe(200)
  expect(await post({ origin: 'http://127.0.0.1:9' })).toBe(200)
  expect(await post({ origin: 'null' })).toBe(403)
  // The report of the browser wins.
  expect(await post({ origin: rig.url, 'sec-fetch-site': 'cross-site' })).toBe(403)
})

test('a token in a header needs no such proof, because no page can send it without consent', async () => {
  const rig = await startRig({ tokens: TOKENS })
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
    const response = await rig.ask('/api/v1/queue/resume', {
      method: 'POST',
      headers: { ...bearer(CANARY), ...headers },
    })
    expect(response.status).toBe(200)
  }
})

test('a token in a header takes precedence over a session', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const { cookie } = await logIn(rig, CANARY)
  const reader = await rig.ask('/api/v1/session', { headers: { cookie, ...bearer(READER) } })
  expect(await reader.json()).toMatchObject({ name: 'token:view', method: 'bearer' })
  const wrong = await rig.ask('/api/v1/session', { headers: { cookie, ...bearer('x'.repeat(20)) } })
  expect(wrong.status).toBe(401)
  // Such a request does not end the session.
  expect(wrong.headers.getSetCookie()).toEqual([])
})

test('requests from pages of this server and from programs may make changes without tokens', async () => {
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
  const statusFor = async (host: string, path = SCANS): Promise<number | undefined> => {
    const request = httpRequest(`${rig.url}${path}`, { headers: { host } }).end()
    const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage]
    response.resume()
    return response.statusCode
  }
  expect(await statusFor('localhost:8080')).toBe(200)
  expect(await statusFor('127.0.0.1')).toBe(200)
  expect(await statusFor('[::1]:99')).toBe(200)
  for (const path of [SCANS, '/', '/livez', '/docs/', '/queues', '/api/v1/session', '/none']) {
    expect(await statusFor('rebound.example.com', path), path).toBe(403)
  }
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
