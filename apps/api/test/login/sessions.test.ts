import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { parseTokens } from '../../src/access/tokens.ts'
import { startRig } from '../support/api-rig.ts'
import { cookieAttributes } from '../support/cookie-attributes.ts'
import { literalClusters } from '../support/literal-clusters.ts'
import { logIn, readCookie } from '../support/log-in.ts'
import { scanMaker } from '../support/scan-maker.ts'
import { openSse } from '../support/sse-client.ts'

const VIEWER = 'viewer-token-0123456789abcdef'
const OPERATOR = 'operator-token-0123456789abc'
const TEXT = `view:read:${VIEWER},ops:scan:${OPERATOR}`
const TOKENS = parseTokens(TEXT)

const hashOf = (cookie: string): string =>
  createHash('sha256')
    .update(cookie.split('=')[1] ?? '')
    .digest('hex')

test('a login with a token sets a strict cookie with the role of the token, and a logout ends it', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const login = await rig.ask('/api/v1/session', { json: { token: OPERATOR } })
  expect(login.status).toBe(204)
  const [cookie = ''] = login.headers.getSetCookie()
  expect(cookie).toMatch(/^capstan=[\w-]{43};/)
  expect(cookieAttributes(cookie)).toEqual(['Expires', 'HttpOnly', 'Path=/', 'SameSite=Strict'])
  const headers = { cookie: readCookie(login), 'sec-fetch-site': 'same-origin' }
  const me = await rig.ask('/api/v1/session', { headers })
  expect(me.headers.get('cache-control')).toBe('no-store')
  expect(me.headers.get('vary')).toContain('Cookie')
  const view = (await me.json()) as { expiresAt: string }
  expect(view).toMatchObject({
    name: 'token:ops',
    role: 'operator',
    method: 'token',
    login: ['token'],
  })
  const leftMs = Date.parse(view.expiresAt) - Date.now()
  expect(leftMs).toBeGreaterThan(23.9 * 3_600_000)
  expect(leftMs).toBeLessThanOrEqual(24 * 3_600_000)
  expect((await rig.ask('/queues', { headers })).status).toBe(200)
  const logout = await rig.ask('/api/v1/session', { method: 'DELETE', headers })
  expect(logout.status).toBe(204)
  expect(logout.headers.getSetCookie()).toEqual([expect.stringContaining('Max-Age=0')])
  const after = await rig.ask('/api/v1/session', { headers })
  expect(after.status).toBe(401)
  expect(await after.json()).toMatchObject({ code: 'UNAUTHORIZED', login: ['token'] })
  const again = await rig.ask('/api/v1/session', { method: 'DELETE', headers })
  expect(again.status).toBe(204)
})

test('the cookie is Secure with the prefix __Host- unless the page is on loopback over http', async () => {
  const rig = await startRig({
    tokens: TOKENS,
    links: { publicUrl: 'https://example.com/capstan' },
  })
  const login = await rig.ask('/api/v1/session', { json: { token: VIEWER } })
  const [cookie = ''] = login.headers.getSetCookie()
  expect(cookie).toMatch(/^__Host-capstan=[\w-]{43};/)
  expect(cookieAttributes(cookie)).toEqual([
    'Expires',
    'HttpOnly',
    'Path=/',
    'SameSite=Strict',
    'Secure',
  ])
  const headers = { cookie: readCookie(login), 'sec-fetch-site': 'same-origin' }
  expect((await rig.ask('/capstan/api/v1/session', { headers })).status).toBe(200)
  // Another name of the host can set a cookie without the prefix, but not with it.
  const plain = { cookie: headers.cookie.replace('__Host-', '') }
  expect((await rig.ask('/api/v1/session', { headers: plain })).status).toBe(401)
  const proxied = await startRig({ tokens: TOKENS })
  const origin = { origin: 'https://127.0.0.1' }
  const behind = await proxied.ask('/api/v1/session', {
    json: { token: VIEWER },
    headers: { ...origin, 'sec-fetch-site': 'same-origin' },
  })
  expect(readCookie(behind)).toMatch(/^__Host-capstan=/)
})

test('Redis holds a session only under the SHA-256 of its id, without the token', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const { cookie } = await logIn(rig, OPERATOR)
  const { redis, keys } = rig.deps
  expect(await redis.exists(keys.session(hashOf(cookie)))).toBe(1)
  const id = cookie.split('=')[1] ?? 'none'
  const digest = createHash('sha256').update(OPERATOR).digest('hex')
  for (const key of await redis.keys(`${keys.prefix}*`)) {
    const dump = `${key} ${String(await redis.dumpBuffer(key))}`
    for (const secret of [id, OPERATOR, digest]) expect(dump).not.toContain(secret)
  }
  expect(rig.logged()).not.toContain(id)
})

test('a login gives a new id, and ends the session that the browser had', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const first = await logIn(rig, VIEWER)
  const second = await logIn(rig, OPERATOR, first)
  expect(second.cookie).not.toBe(first.cookie)
  expect((await rig.ask('/api/v1/session', { headers: first })).status).toBe(401)
  const me = await rig.ask('/api/v1/session', { headers: second })
  expect(await me.json()).toMatchObject({ role: 'operator' })
})

test('a chosen session id is never adopted', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const cookie = `capstan=${'a'.repeat(43)}`
  const response = await rig.ask('/api/v1/session', {
    json: { token: VIEWER },
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
  })
  expect(readCookie(response)).not.toBe(cookie)
  expect((await rig.ask('/api/v1/session', { headers: { cookie } })).status).toBe(401)
})

test('a session ends after its idle time, a request extends it, and nothing extends the absolute time', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const { redis, keys } = rig.deps
  const headers = await logIn(rig, VIEWER)
  const key = keys.session(hashOf(headers.cookie))
  const hour = 3_600_000
  expect(await redis.pttl(key)).toBeGreaterThan(7.9 * hour)
  // As after seven hours without a request.
  await redis.pexpire(key, hour)
  expect((await rig.ask('/api/v1/session', { headers })).status).toBe(200)
  expect(await redis.pttl(key)).toBeGreaterThan(7.9 * hour)
  // As one hour before the absolute end.
  const stored = JSON.parse((await redis.get(key)) ?? '{}') as object
  const expiresAt = new Date(Date.now() + hour).toISOString()
  await redis.set(key, JSON.stringify({ ...stored, expiresAt }), 'PX', hour / 2)
  expect((await rig.ask('/api/v1/session', { headers })).status).toBe(200)
  expect(await redis.pttl(key)).toBeLessThanOrEqual(hour)
  expect(await redis.pttl(key)).toBeGreaterThan(0.9 * hour)
  const past = new Date(Date.now() - 1_000).toISOString()
  await redis.set(key, JSON.stringify({ ...stored, expiresAt: past }), 'PX', hour)
  expect((await rig.ask('/api/v1/session', { headers })).status).toBe(401)
  expect(await redis.exists(key)).toBe(0)
})

test('a caller has at most 50 sessions, and the oldest one ends', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const other = await logIn(rig, OPERATOR)
  const first = await logIn(rig, VIEWER)
  const second = await logIn(rig, VIEWER)
  for (let more = 0; more < 49; more++) await logIn(rig, VIEWER)
  expect((await rig.ask('/api/v1/session', { headers: first })).status).toBe(401)
  expect((await rig.ask('/api/v1/session', { headers: second })).status).toBe(200)
  expect((await rig.ask('/api/v1/session', { headers: other })).status).toBe(200)
})

test.each([
  ['is removed', `ops:scan:${OPERATOR}`],
  ['has another value', `view:read:${VIEWER}x,ops:scan:${OPERATOR}`],
  ['is renamed', `other:read:${VIEWER},ops:scan:${OPERATOR}`],
])('a session ends on all replicas when its token %s', async (_, text) => {
  const redis = testRedis()
  const before = await startRig({ tokens: TOKENS, redis })
  const view = await logIn(before, VIEWER)
  const operate = await logIn(before, OPERATOR)
  const after = await startRig({ tokens: parseTokens(text), redis })
  expect((await after.ask('/api/v1/session', { headers: view })).status).toBe(401)
  expect((await before.ask('/api/v1/session', { headers: view })).status).toBe(401)
  expect((await before.ask('/api/v1/session', { headers: operate })).status).toBe(200)
})

test('a session ends when its token loses its scope, and keeps its role when the token gains one', async () => {
  const redis = testRedis()
  const before = await startRig({ tokens: TOKENS, redis })
  const view = await logIn(before, VIEWER)
  const operate = await logIn(before, OPERATOR)
  const changed = parseTokens(`view:admin:${VIEWER},ops:read:${OPERATOR}`)
  const after = await startRig({ tokens: changed, redis })
  expect((await after.ask('/api/v1/session', { headers: operate })).status).toBe(401)
  const me = await after.ask('/api/v1/session', { headers: view })
  expect(await me.json()).toMatchObject({ role: 'viewer' })
})

test('a restarted replica ends the sessions and streams of a removed token everywhere', async () => {
  const redis = testRedis()
  const before = await startRig({ tokens: TOKENS, redis })
  const headers = await logIn(before, VIEWER)
  const maker = scanMaker(before.deps.journal)
  const id = await maker.open()
  const sse = await openSse(`${before.url}/api/v1/scans/${id}/events`, headers)
  await sse.next(({ type }) => type === 'snapshot')
  await startRig({ tokens: parseTokens(`ops:scan:${OPERATOR}`), redis })
  const ended = await sse.next(({ type }) => type === 'session.ended')
  expect(ended?.data).toMatchObject({ v: 1, reason: 'revoked' })
  expect((await before.ask('/api/v1/session', { headers })).status).toBe(401)
})

test('a logout ends streams of the session on other replicas, and a reconnect gets 401', async () => {
  const redis = testRedis()
  const [one, two] = [
    await startRig({ tokens: TOKENS, redis }),
    await startRig({ tokens: TOKENS, redis }),
  ]
  const headers = await logIn(one, VIEWER)
  const other = await logIn(one, VIEWER)
  const id = await scanMaker(one.deps.journal).open()
  const url = `${two.url}/api/v1/scans/${id}/events`
  // A filter of types does not hide the end.
  const sse = await openSse(`${url}?types=resource.failed`, headers)
  const kept = await openSse(url, other)
  const byToken = await openSse(url, { authorization: `Bearer ${VIEWER}` })
  await Promise.all([sse, kept, byToken].map((one) => one.next(({ type }) => type === 'snapshot')))
  await one.ask('/api/v1/session', { method: 'DELETE', headers })
  const ended = await sse.next(({ type }) => type === 'session.ended')
  expect(ended?.data).toMatchObject({ reason: 'logged-out' })
  await sse.ended
  expect(sse.isBroken()).toBe(false)
  const again = await fetch(url, { headers: { accept: 'text/event-stream', ...headers } })
  expect(again.status).toBe(401)
  expect((await two.ask('/api/v1/session', { headers: other })).status).toBe(200)
  expect([...kept.events, ...byToken.events].map(({ type }) => type)).not.toContain('session.ended')
})

test('a stream ends within its check when the message about the end of its session was lost', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const headers = await logIn(rig, VIEWER)
  const id = await scanMaker(rig.deps.journal).open()
  const sse = await openSse(`${rig.url}/api/v1/scans/${id}/events`, headers)
  await sse.next(({ type }) => type === 'snapshot')
  // Expired in Redis: no message is sent.
  await rig.deps.redis.del(rig.deps.keys.session(hashOf(headers.cookie)))
  const ended = await sse.next(({ type }) => type === 'session.ended')
  expect(ended?.data).toMatchObject({ reason: 'expired' })
})

test('every client of Redis may publish to the channel, and no such message ends a session', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const headers = await logIn(rig, VIEWER)
  for (const text of ['{', '{}', '{"hash":1}', 'null']) {
    await rig.deps.redis.publish(rig.deps.keys.sessionEnds, text)
  }
  expect((await rig.ask('/api/v1/session', { headers })).status).toBe(200)
})

test('the caller of a change is the token of the session', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ tokens: TOKENS, clusters })
  const headers = await logIn(rig, OPERATOR)
  const response = await rig.ask('/api/v1/scans', { json: {}, headers })
  expect(await response.json()).toMatchObject({ createdBy: 'token:ops' })
})

test('a server without tokens needs no login and answers as the local admin', async () => {
  const rig = await startRig()
  const me = await rig.ask('/api/v1/session')
  expect(await me.json()).toEqual({
    name: 'local',
    role: 'admin',
    method: 'local',
    idleUntil: null,
    expiresAt: null,
    login: [],
  })
  const login = await rig.ask('/api/v1/session', { json: { token: 'any' } })
  expect(login.status).toBe(204)
  expect(login.headers.getSetCookie()).toEqual([])
  expect((await rig.ask('/api/v1/session', { method: 'DELETE' })).status).toBe(204)
})

test('GET /session describes a token', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const me = await rig.ask('/api/v1/session', { headers: { authorization: `Bearer ${VIEWER}` } })
  expect(await me.json()).toMatchObject({ name: 'token:view', role: 'viewer', method: 'bearer' })
})

test('a request with a session gets 503 while Redis is unreachable, and keeps its session', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const headers = await logIn(rig, VIEWER)
  // A connection that is still closing counts as connected, and connect() would refuse.
  const ended = once(rig.deps.redis, 'end')
  rig.deps.redis.disconnect()
  await ended
  const response = await rig.ask('/api/v1/session', { headers })
  expect(response.status).toBe(503)
  expect(response.headers.getSetCookie()).toEqual([])
  await rig.deps.redis.connect()
  await until('the session', async () =>
    (await rig.ask('/api/v1/session', { headers })).status === 200 ? true : undefined,
  )
})

test('an admin ends all sessions and streams of a caller at once', async () => {
  const boss = 'admin-token-0123456789abcdef'
  const rig = await startRig({ tokens: parseTokens(`${TEXT},boss:admin:${boss}`) })
  const admin = { authorization: `Bearer ${boss}` }
  const view = await logIn(rig, VIEWER)
  await logIn(rig, VIEWER)
  const operate = await logIn(rig, OPERATOR)
  const list = (await (await rig.ask('/api/v1/sessions', { headers: admin })).json()) as unknown
  expect(list).toMatchObject({
    data: [
      { id: 'token:ops', name: 'token:ops', role: 'operator', method: 'token', sessions: 1 },
      { id: 'token:view', role: 'viewer', sessions: 2 },
    ],
  })
  const id = await scanMaker(rig.deps.journal).open()
  const sse = await openSse(`${rig.url}/api/v1/scans/${id}/events`, view)
  await sse.next(({ type }) => type === 'snapshot')
  const end = await rig.ask('/api/v1/sessions/token:view', { method: 'DELETE', headers: admin })
  expect(await end.json()).toEqual({ ended: 2 })
  const ended = await sse.next(({ type }) => type === 'session.ended')
  expect(ended?.data).toMatchObject({ reason: 'revoked' })
  expect((await rig.ask('/api/v1/session', { headers: view })).status).toBe(401)
  expect((await rig.ask('/api/v1/session', { headers: operate })).status).toBe(200)
  const none = await rig.ask('/api/v1/sessions/token:view', { method: 'DELETE', headers: admin })
  expect(await none.json()).toEqual({ ended: 0 })
})
