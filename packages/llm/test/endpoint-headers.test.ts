import { expect, test, vi } from 'vitest'
import type { ApiFormat } from '@capstan/shared/config/endpoint-vendor'
import { ItemError } from '@capstan/shared/errors'
import type { Question } from '@capstan/shared/inference/types'
import { createChatReply, testModelServer, type ModelRequest } from '@capstan/testkit/model-server'
import type { EndpointSettings } from '../src/endpoint-settings.ts'
import { listModels } from '../src/list-models.ts'
import { openModels } from '../src/open-models.ts'

const never = (): AbortSignal => new AbortController().signal
const QUESTION: Question = {
  system: 'You name capabilities.',
  user: 'Name them.',
  maxOutputTokens: 100,
  types: 1,
  format: { name: 'answer', schema: { type: 'object' } },
}
const KEY = 'sk-canary-0123456789abcdef'
type Settings = Omit<EndpointSettings, 'timeoutMs'> & { apiVersion?: string }

/** Makes every kind of request to an endpoint once and returns the received requests. */
async function sendAll(wire: ApiFormat, settings: Settings): Promise<ModelRequest[]> {
  const server = await testModelServer(({ path }) =>
    path.includes('/chat/completions')
      ? createChatReply('m')
      : { body: { data: [], content: [{ type: 'text', text: '{}' }], usage: {} } },
  )
  const baseUrl = server.url + (settings.baseUrl ?? (wire === 'openai' ? '/v1' : ''))
  const models = await openModels({ [wire]: { ...settings, baseUrl }, timeoutMs: 5_000 })
  await models.get(wire, 'm')?.ask(QUESTION, never())
  const batches = models.batches(wire, 'm')
  await batches?.find('none', { sinceMs: 0, known: [] }, never()).catch(() => undefined)
  await listModels({ wire, ...settings, baseUrl, timeoutMs: 5_000 }, never())
  expect(server.requests.length).toBeGreaterThanOrEqual(3)
  return server.requests
}

const CREDENTIALS = [
  'authorization',
  'x-api-key',
  'api-key',
  'openai-organization',
  'openai-project',
]

function pickCredentials({ headers }: ModelRequest): Record<string, unknown> {
  return Object.fromEntries(
    CREDENTIALS.flatMap((name) => (name in headers ? [[name, headers[name]]] : [])),
  )
}

test.each<ApiFormat>(['openai', 'anthropic'])(
  'without a key no request to %s has a credential, even with keys in the environment',
  async (wire) => {
    for (const name of [
      'OPENAI_API_KEY',
      'OPENAI_ADMIN_KEY',
      'OPENAI_ORG_ID',
      'OPENAI_PROJECT_ID',
    ]) {
      vi.stubEnv(name, 'canary-of-the-environment')
    }
    for (const name of ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_PROFILE']) {
      vi.stubEnv(name, 'canary-of-the-environment')
    }
    for (const request of await sendAll(wire, {})) {
      expect(pickCredentials(request)).toEqual({})
      expect(JSON.stringify(request)).not.toMatch(/canary|no-key/)
    }
    vi.unstubAllEnvs()
  },
)

test.each<[ApiFormat, Settings, Record<string, string>]>([
  ['openai', { apiKey: KEY }, { authorization: `Bearer ${KEY}` }],
  // Gateways expect the header of earlier SDK versions.
  ['anthropic', { apiKey: KEY }, { authorization: `Bearer ${KEY}`, 'x-api-key': KEY }],
  ['openai', { headers: { authorization: 'Basic bWU6eA==' } }, { authorization: 'Basic bWU6eA==' }],
  [
    'openai',
    { apiKey: KEY, headers: { authorization: 'Basic bWU6eA==' } },
    { authorization: 'Basic bWU6eA==' },
  ],
  [
    'anthropic',
    { apiKey: KEY, headers: { authorization: 'Basic bWU6eA==', 'x-api-key': 'mine' } },
    { authorization: 'Basic bWU6eA==', 'x-api-key': 'mine' },
  ],
  ['anthropic', { headers: { 'x-api-key': 'mine' } }, { 'x-api-key': 'mine' }],
  ['openai', { headers: { 'api-key': 'mine' } }, { 'api-key': 'mine' }],
  ['openai', { apiKey: KEY, baseUrl: '/openai/deployments/d' }, { 'api-key': KEY }],
  ['openai', { apiKey: KEY, baseUrl: '/openai/v1', apiVersion: 'preview' }, { 'api-key': KEY }],
])(
  'every request to %s with the settings %j has the credentials %j',
  async (wire, settings, credentials) => {
    for (const request of await sendAll(wire, settings)) {
      expect(pickCredentials(request)).toEqual(credentials)
    }
  },
)

test.each<ApiFormat>(['openai', 'anthropic'])(
  'every request to %s has the custom headers',
  async (wire) => {
    const headers = { 'x-team': 'blue', 'user-agent': 'capstan' }
    for (const request of await sendAll(wire, { headers }))
      expect(request.headers).toMatchObject(headers)
  },
)

test('an Azure deployment is called at its path, with its api-version and the api-key header only', async () => {
  const server = await testModelServer(({ method, path, headers }) => {
    const isRight =
      method === 'POST' &&
      path === '/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21' &&
      headers['api-key'] === KEY &&
      headers.authorization === undefined
    return isRight ? createChatReply('gpt') : { status: 404, body: { error: { code: '404' } } }
  })
  const openai = {
    apiKey: KEY,
    baseUrl: `${server.url}/openai/deployments/my%20gpt`,
    apiVersion: '2024-10-21',
  }
  const answer = await (
    await openModels({ openai })
  )
    .get('openai', 'my gpt')
    ?.ask(QUESTION, never())
  expect(answer?.text).toContain('store goods')
})

test('the v1 API of Azure is called with the api-key header, and with an api-version only if one is set', async () => {
  const server = await testModelServer(({ path, headers }) =>
    headers['api-key'] === KEY && headers.authorization === undefined
      ? createChatReply('gpt')
      : { status: 401, body: { error: { code: '401', message: path } } },
  )
  const baseUrl = `${server.url}/openai/v1`
  const openai = { apiKey: KEY, baseUrl, apiVersion: 'preview' }
  await (await openModels({ openai })).get('openai', 'd')?.ask(QUESTION, never())
  expect(server.requests.map(({ path }) => path)).toEqual([
    '/openai/v1/chat/completions?api-version=preview',
  ])
})

test.each<ApiFormat>(['openai', 'anthropic'])(
  'an error of %s that quotes a custom header is redacted',
  async (wire) => {
    const headers = {
      authorization: 'Basic bWU6aHVudGVyMi1odW50ZXIy',
      'x-gate': 'canary-of-a-gate',
    }
    const server = await testModelServer((request) => ({
      status: 400,
      body: {
        error: {
          message: `bad: ${request.headers.authorization} ${String(request.headers['x-gate'])} hunter2-hunter2`,
        },
      },
    }))
    const models = await openModels({ [wire]: { baseUrl: server.url, headers } })
    const error: unknown = await models
      .get(wire, 'm')
      ?.ask(QUESTION, never())
      .catch((thrown: unknown) => thrown)
    if (!(error instanceof ItemError)) throw new Error('no ItemError')
    const shown = JSON.stringify(error.toProblem())
    expect(shown).toContain('bad:')
    expect(shown).not.toMatch(/hunter2|bWU6|canary/)
  },
)
