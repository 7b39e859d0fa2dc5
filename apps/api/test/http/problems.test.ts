import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { Problem } from '@capstan/shared/contract/problem'
import { startRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'

const ID = `scan_${'0'.repeat(32)}`
const JSON_TYPE = { 'content-type': 'application/json' }

interface Case {
  path: string
  method?: string
  body?: string
  headers?: Record<string, string>
  status: number
  code: Problem['code']
}

const CASES: Record<string, Case> = {
  'an unknown path': { path: '/nothing', status: 404, code: 'NOT_FOUND' },
  'an unknown scan': { path: `/api/v1/scans/${ID}`, status: 404, code: 'NOT_FOUND' },
  'an invalid id': { path: '/api/v1/scans/7', status: 404, code: 'NOT_FOUND' },
  'an unknown capability': { path: '/api/v1/capabilities/x.y', status: 404, code: 'NOT_FOUND' },
  'an unknown type': { path: '/api/v1/resources/x.y', status: 404, code: 'NOT_FOUND' },
  'an unknown provider': { path: '/api/v1/providers/x', status: 404, code: 'NOT_FOUND' },
  'pauses of an unknown provider': {
    path: '/api/v1/providers/x/resume',
    method: 'POST',
    status: 404,
    code: 'NOT_FOUND',
  },
  'a selection of pauses with an unknown field': {
    path: '/api/v1/providers/openai/resume',
    method: 'POST',
    body: '{"acount": "main"}',
    headers: JSON_TYPE,
    status: 400,
    code: 'VALIDATION',
  },
  'a wrong method': { path: '/livez', method: 'PUT', status: 405, code: 'METHOD_NOT_ALLOWED' },
  'an unknown method': {
    path: '/livez',
    method: 'PROPFIND',
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
  },
  'a path that cannot be decoded': { path: '/api/v1/%zz', status: 400, code: 'VALIDATION' },
  'an invalid cursor': { path: '/api/v1/scans?cursor=!!', status: 400, code: 'VALIDATION' },
  'an invalid limit': { path: '/api/v1/scans?limit=0', status: 400, code: 'VALIDATION' },
  'an empty search': { path: '/api/v1/capabilities/search?q=', status: 422, code: 'VALIDATION' },
  'an unknown media type': {
    path: '/api/v1/capabilities/export',
    headers: { accept: 'image/png' },
    status: 406,
    code: 'NOT_ACCEPTABLE',
  },
  'broken JSON': post('{"include": [', 400, 'VALIDATION'),
  'no body': { path: '/api/v1/scans', method: 'POST', status: 400, code: 'VALIDATION' },
  'a body that is not an object': post('7', 400, 'VALIDATION'),
  'an unknown field': post('{"inclde": ["*"]}', 400, 'VALIDATION'),
  'a poisoned prototype': post('{"__proto__": {"x": 1}}', 400, 'VALIDATION'),
  'an endless body': post(`{"include": ["${'x'.repeat(300_000)}"]}`, 413, 'PAYLOAD_TOO_LARGE'),
  'another media type': {
    path: '/api/v1/scans',
    method: 'POST',
    body: 'a: 1',
    headers: { 'content-type': 'application/yaml' },
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  'a real form': {
    path: '/api/v1/scans',
    method: 'POST',
    body: 'include=*',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  'plain text': {
    path: '/api/v1/scans',
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'text/plain' },
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  'an unusable Idempotency-Key': {
    ...post('{}', 400, 'VALIDATION'),
    headers: { ...JSON_TYPE, 'idempotency-key': 'a b' },
  },
}

function post(body: string, status: number, code: Problem['code']): Case {
  return { path: '/api/v1/scans', method: 'POST', body, headers: JSON_TYPE, status, code }
}

test('every error response is a problem document with a hint', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters })
  for (const [what, { path, status, code, ...init }] of Object.entries(CASES)) {
    const response = await rig.ask(path, init)
    expect(response.status, what).toBe(status)
    expect(response.headers.get('content-type'), what).toMatch(/^application\/problem\+json/)
    const problem = Problem.strict().parse(await response.json())
    expect(problem, what).toMatchObject({ status, code })
    expect(problem.hint?.length, what).toBeGreaterThan(10)
    expect(problem.instance).toBe(`urn:request:${response.headers.get('x-request-id')}`)
  }
})

test('a wrong method is rejected with the allowed methods', async () => {
  const rig = await startRig()
  const response = await rig.ask(`/api/v1/scans/${ID}`, { method: 'PATCH' })
  expect(response.headers.get('allow')).toBe('DELETE, GET, HEAD')
})

test('each fault of a body has a JSON pointer', async () => {
  const rig = await startRig()
  const json = { priority: 'urgent', include: [], extra: 1, labels: { a: 7 } }
  const response = await rig.ask('/api/v1/scans', { json })
  const { errors } = Problem.parse(await response.json())
  expect(errors?.map(({ pointer }) => pointer).toSorted()).toEqual([
    '#/extra',
    '#/include',
    '#/labels/a',
    '#/priority',
  ])
})

test('an invalid HTTP request gets a problem document', async () => {
  const rig = await startRig()
  const { port, hostname } = new URL(rig.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write('NOT HTTP AT ALL\r\n\r\n')
  const answer = await text(socket)
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(answer).toContain('application/problem+json')
  expect(Problem.parse(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).code).toBe('VALIDATION')
})

test('an internal error exposes no details, and the log has them', async () => {
  const { cluster, clusters } = literalClusters(['Kafka'])
  cluster.fault = new Error('secret inner workings')
  const rig = await startRig({ clusters })
  const response = await rig.ask('/api/v1/resources')
  expect(response.status).toBe(500)
  const body = await response.text()
  expect(JSON.parse(body)).toMatchObject({ code: 'INTERNAL', retryable: true })
  expect(body).not.toContain('secret inner workings')
  expect(rig.logged()).toContain('secret inner workings')
})

test('a caller above the POST limit gets 429 with Retry-After', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters, postsPerMinute: 2 })
  for (const status of [202, 200, 429]) {
    const response = await rig.ask('/api/v1/scans', { json: {} })
    expect(response.status).toBe(status)
    if (status !== 429) continue
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await response.json()).toMatchObject({ code: 'RATE_LIMITED', retryable: true })
  }
  expect((await rig.ask('/api/v1/scans')).status).toBe(200)
})

test('a valid X-Request-Id of the caller is used', async () => {
  const rig = await startRig()
  const answered = async (id: string) =>
    (await rig.ask('/livez', { headers: { 'x-request-id': id } })).headers.get('x-request-id')
  expect(await answered('trace-1.2_3')).toBe('trace-1.2_3')
  expect(await answered('a b{}')).toMatch(/^[0-9a-f-]{36}$/)
})

test('every response has security headers and is unreadable for other sites', async () => {
  const rig = await startRig()
  const { headers } = await rig.ask('/api/v1/scans', {
    headers: { origin: 'https://evil.example' },
  })
  expect(headers.get('content-security-policy')).toContain("default-src 'self'")
  expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests')
  expect(headers.get('strict-transport-security')).toBeNull()
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('access-control-allow-origin')).toBeNull()
  expect(headers.get('cache-control')).toBe('no-store')
})
