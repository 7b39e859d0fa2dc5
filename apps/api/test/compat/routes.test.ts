import { expect, onTestFinished, test } from 'vitest'
import { createRedisKeys } from '@capstan/redis/keys'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { parseTokens } from '../../src/access/tokens.ts'
import { startRig } from '../support/api-rig.ts'
import { startCompatRig } from './compat-rig.ts'

const READER = 'reader-token-0123456789abcdef'
const SCANNER = 'scanner-token-0123456789abcde'
const ADMIN = 'admin-token-0123456789abcdefg'
const tokens = parseTokens(`view:read:${READER},ci:scan:${SCANNER},ctl:admin:${ADMIN}`)
const PATH = '/api/v1/tools/manageOrgData'
const LIST = { dataType: 'capabilities', operation: 'list' }
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

test('RST-1: the routes do not exist unless CAPSTAN_COMPAT is set', async () => {
  const rig = await startRig()
  expect((await rig.ask(PATH, { json: LIST })).status).toBe(404)
  for (const path of ['/api/v1/tools', '/api/v1/openapi', '/healthz']) {
    expect((await rig.ask(path)).status, path).toBe(404)
  }
})

test('RST-2: a response has the envelope with the request id of the log', async () => {
  const { post } = await startCompatRig()
  const response = await post(LIST)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({
    success: true,
    data: {
      result: expect.objectContaining({ success: true, operation: 'list' }) as object,
      tool: 'manageOrgData',
      executionTime: expect.any(Number) as number,
    },
    meta: {
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      requestId: response.headers.get('x-request-id'),
      version: 'v1',
    },
  })
})

test.each([
  [
    'SRV-8: an unknown operation',
    { ...LIST, operation: 'explode' },
    'Unsupported capabilities operation: explode',
  ],
  ['ERR-7: no operation', { dataType: 'capabilities' }, 'operation parameter is required'],
  ['ERR-8: no data type', { operation: 'list' }, 'dataType parameter is required'],
  ['ERR-9: another data type', { dataType: 'pattern', operation: 'list' }, 'Unsupported data type'],
])('%s is a failed operation in a successful response', async (_, body, message) => {
  const { post } = await startCompatRig()
  const response = await post(body)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({
    success: true,
    data: {
      result: {
        success: false,
        error: { message: expect.stringContaining(message) as string },
      },
    },
  })
})

test.each([
  ['a list', '[]'],
  ['a text', '"list"'],
  ['nothing', ''],
  ['broken JSON', '{"dataType":'],
])('RST-3: %s instead of an object is an invalid request', async (_, body) => {
  const { ask } = await startCompatRig()
  const headers = { 'content-type': 'application/json' }
  const response = await ask(PATH, { method: 'POST', headers, body })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    success: false,
    error: { code: 'INVALID_REQUEST', message: expect.any(String) as string },
    meta: { version: 'v1' },
  })
})

test('RST-4: another tool is 404, another method is 405', async () => {
  const { ask } = await startCompatRig()
  const unknown = await ask('/api/v1/tools/recommend', { json: {} })
  expect(unknown.status).toBe(404)
  expect(await unknown.json()).toMatchObject({
    success: false,
    error: { code: 'TOOL_NOT_FOUND' },
  })
  expect((await ask(PATH)).status).toBe(405)
})

test('RST-5: the list of tools has one tool and supports filters', async () => {
  const { ask } = await startCompatRig()
  const tools = async (query = ''): Promise<unknown> => (await ask(`/api/v1/tools${query}`)).json()
  expect(await tools()).toMatchObject({
    success: true,
    data: {
      tools: [{ name: 'manageOrgData', schema: { type: 'object' } }],
      total: 1,
      tags: expect.arrayContaining(['capabilities']) as string[],
    },
  })
  expect(await tools('?search=SCAN')).toMatchObject({ data: { total: 1 } })
  for (const query of ['?search=zeppelin', '?tag=none', '?category=none']) {
    expect(await tools(query), query).toMatchObject({ data: { tools: [], total: 0 } })
  }
})

test('RST-6: the OpenAPI document describes the tool, and like the probe it needs no token', async () => {
  const { ask } = await startCompatRig(undefined, { tokens })
  expect(await (await ask('/healthz')).json()).toEqual({ status: 'ok' })
  const document = await ask('/api/v1/openapi')
  expect(document.status).toBe(200)
  expect(await document.json()).toMatchObject({
    openapi: '3.1.0',
    paths: {
      '/api/v1/tools/manageOrgData': { post: { requestBody: expect.anything() as object } },
      '/api/v1/tools': { get: expect.anything() as object },
      '/healthz': { get: expect.anything() as object },
    },
  })
})

test('AUTH-1: a request without a valid token is rejected with the envelope of dot-ai', async () => {
  const { post, ask } = await startCompatRig(undefined, { tokens })
  for (const headers of [{}, bearer('wrong-token-0123456789abcdef')]) {
    const response = await post(LIST, headers)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('Bearer')
    expect(await response.json()).toMatchObject({ success: false, error: { code: 'UNAUTHORIZED' } })
  }
  expect((await ask('/api/v1/tools')).status).toBe(401)
})

test('AUTH-2: the token is accepted in X-Dot-AI-Authorization, as sent behind the proxy of an API server', async () => {
  const { post, ask } = await startCompatRig(undefined, { tokens })
  const headers = { 'x-dot-ai-authorization': `Bearer ${READER}` }
  expect((await post(LIST, headers)).status).toBe(200)
  // The header is accepted on the paths of dot-ai only.
  expect((await ask('/api/v1/scans', { headers })).status).toBe(401)
})

test('AUTH-3: a token with the scope read can neither scan nor delete', async () => {
  const { post } = await startCompatRig(undefined, { tokens })
  const readStatus = async (operation: string, token: string): Promise<number> => {
    const body = { dataType: 'capabilities', operation, mode: 'full', id: 'x' }
    return (await post(body, bearer(token))).status
  }
  for (const operation of ['list', 'get', 'search', 'progress']) {
    expect(await readStatus(operation, READER), operation).toBe(200)
  }
  expect(await readStatus('scan', READER)).toBe(403)
  expect(await readStatus('scan', SCANNER)).toBe(200)
  for (const operation of ['delete', 'deleteAll']) {
    expect(await readStatus(operation, SCANNER), operation).toBe(403)
    expect(await readStatus(operation, ADMIN), operation).toBe(200)
  }
  const refused = await post({ ...LIST, operation: 'deleteAll' }, bearer(READER))
  expect(await refused.json()).toMatchObject({
    success: false,
    error: { code: 'FORBIDDEN', details: { requiredScope: 'admin' } },
  })
})

test('OLD-9: every operation fails at once while Redis is unreachable, and works again afterwards', async () => {
  const own = await startOwnRedis()
  onTestFinished(() => own.stop())
  const redis = { url: own.url, keys: createRedisKeys('{t}') }
  const rig = await startCompatRig(undefined, { redis })
  await rig.store('Kafka')
  await own.kill()
  const messages = async (): Promise<(string | undefined)[]> => {
    const found: (string | undefined)[] = []
    for (const operation of ['scan', 'progress', 'list', 'get', 'search', 'delete', 'deleteAll']) {
      const result = await rig.client.call(operation, { mode: 'full', id: 'kafka.example.com' })
      found.push(result.error?.message)
    }
    return found
  }
  expect(await messages()).toEqual([
    'Vector DB connection required for capability management',
    'Failed to query scan progress',
    ...Array.from({ length: 5 }, () => 'Vector DB connection required'),
  ])
  await own.restart()
  await expect.poll(async () => (await rig.ask('/readyz')).status).toBe(200)
  expect(await rig.client.call('deleteAll')).toMatchObject({ success: true })
})

test('BIG-1: one request accepts a list of thousands of names', async () => {
  const { client } = await startCompatRig()
  const nowhere = Array.from(
    { length: 5_000 },
    (_, at) => `Kind${at}.a-long-group-name.example.com`,
  )
  const started = await client.call('scan', {
    resourceList: ['Kafka.example.com', ...nowhere].join(','),
  })
  expect(started).toMatchObject({ success: true, resourceCount: 5_001 })
})
