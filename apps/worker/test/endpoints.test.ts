import { describe, expect, test } from 'vitest'
import type { ServedProvider } from '@capstan/shared/contract/worker-status'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import { serveLocalModels, testModelServer } from '@capstan/testkit/model-server'
import { ownPort } from '@capstan/testkit/own-port'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { runWorker } from './run-worker.ts'

type Environment = Record<string, string>

/** The announcement of a worker with these settings once it runs. */
async function announced(environment: Environment) {
  const rig = openScanRig()
  await runWorker(rig, undefined, environment)
  const read = async () => (await listWorkers(rig.redis, rig.keys))[0]
  return { first: await read(), read }
}

async function firstProvider(environment: Environment): Promise<ServedProvider | undefined> {
  return (await announced(environment)).first?.providers[0]
}

test('the only model of a local server is the default', async () => {
  const { url, requests } = await testModelServer(serveLocalModels(['llama3.2:latest', 'bge-m3']))
  const base = { OPENAI_BASE_URL: `${url}/v1` }
  const { first } = await announced(base)
  const endpoint = `${url}/v1`
  expect(first?.providers[0]).toEqual({ provider: 'openai', model: 'llama3.2:latest', endpoint })
  expect(first?.accounts).toEqual([
    { name: 'openai', provider: 'openai', weight: 1, model: 'llama3.2:latest' },
  ])
  expect(requests.map(({ path }) => path)).toEqual(['/v1/models'])
})

test('the only model of an Anthropic-compatible gateway is the default', async () => {
  const { url } = await testModelServer(serveLocalModels(['claude-x']))
  expect(await firstProvider({ ANTHROPIC_BASE_URL: url })).toMatchObject({
    provider: 'anthropic',
    model: 'claude-x',
  })
})

test('each account of CAPSTAN_ACCOUNTS is asked for its own models', async () => {
  const one = await testModelServer(serveLocalModels(['a']))
  const two = await testModelServer(serveLocalModels(['b', 'c']))
  const list = [
    { name: 'one', provider: 'openai', baseUrl: `${one.url}/v1`, headers: { 'X-Team': 'blue' } },
    { name: 'two', provider: 'openai', baseUrl: `${two.url}/v1` },
  ]
  const { first } = await announced({ CAPSTAN_ACCOUNTS: JSON.stringify(list) })
  expect(first?.accounts.map(({ name, model }) => [name, model])).toEqual([
    ['one', 'a'],
    ['two', null],
  ])
  expect(first?.providers[0]).toMatchObject({
    model: 'a',
    problem: { hint: expect.stringContaining('Set model of two in CAPSTAN_ACCOUNTS') as string },
  })
  expect(one.requests[0]?.headers['x-team']).toBe('blue')
})

type Answer = ReturnType<typeof serveLocalModels>
const NONE: Answer = () => ({ status: 404, body: { detail: 'Not Found' } })
const KEYED: Answer = () => ({ status: 401, body: {} })
const MANY = Array.from({ length: 40 }, (_, index) => `m${index}`)

describe('a base URL without a clear model is served without one, with a problem that names the reason', () => {
  test.each<[string, Answer, Environment, [detail: string, hint: string]]>([
    [
      'two models',
      serveLocalModels(['a', 'b']),
      {},
      [
        'URL/v1 has 2 models: a, b',
        'Set CAPSTAN_MODEL to one of them, or name `model` in each scan.',
      ],
    ],
    [
      'forty models',
      serveLocalModels(MANY),
      {},
      [
        'URL/v1 has 40 models: m0, m1, m2, m3, m4, m5, m6, m7, m8, m9 and 30 more',
        'Set CAPSTAN_MODEL',
      ],
    ],
    [
      'two models, and is not the default provider',
      serveLocalModels(['a', 'b']),
      { CAPSTAN_PROVIDER: 'demo' },
      ['URL/v1 has 2 models: a, b', 'Set CAPSTAN_PROVIDER=openai and CAPSTAN_MODEL to one of them'],
    ],
    [
      'no model',
      () => ({ body: { data: null } }),
      {},
      ['URL/v1 has no model that answers questions', 'Load a model'],
    ],
    [
      'embedding models alone',
      serveLocalModels(['bge-m3']),
      {},
      ['URL/v1 has no model that answers questions, only bge-m3', 'Load a model'],
    ],
    ['no list', NONE, {}, ['URL/v1 has no list of models (it answers 404)', 'Set CAPSTAN_MODEL']],
    ['a key', KEYED, {}, ['URL/v1 wants a key (401)', 'Set OPENAI_API_KEY']],
    [
      'another key',
      KEYED,
      { OPENAI_API_KEY: 'sk-canary-0123456789' },
      ['URL/v1 refuses the key (401)', 'Set OPENAI_API_KEY to another one.'],
    ],
  ])('%s', async (_, reply, environment, [detail, hint]) => {
    const { url } = await testModelServer(reply)
    const { first } = await announced({ OPENAI_BASE_URL: `${url}/v1`, ...environment })
    const served = first?.providers.find(({ provider }) => provider === 'openai')
    expect(served).toMatchObject({ model: null, endpoint: `${url}/v1` })
    expect(served?.problem?.detail).toContain(detail.replace('URL', url))
    expect(served?.problem?.hint).toContain(hint)
    expect(JSON.stringify(first)).not.toContain('canary')
  })

  test('a base URL without its /v1', async () => {
    const { url } = await testModelServer(serveLocalModels(['a']))
    const served = await firstProvider({ OPENAI_BASE_URL: url })
    expect(served).toMatchObject({ model: null })
    expect(served?.problem?.hint).toBe(`Set OPENAI_BASE_URL to ${url}/v1.`)
  })

  test('Azure without the name of a deployment, without a request', async () => {
    const served = await firstProvider({
      OPENAI_BASE_URL: 'https://nowhere.openai.azure.com/openai/v1',
      OPENAI_API_KEY: 'k',
    })
    expect(served).toMatchObject({
      model: null,
      problem: { hint: 'Set CAPSTAN_MODEL to the name of a deployment.' },
    })
  })
})

describe('a stated model is used, with a warning when the list speaks against it', () => {
  test.each<[string, string | undefined]>([
    ['llama3.2:latest', undefined],
    ['llama3.2', undefined],
    ['bge-m3', undefined],
    ['mistral', 'does not list the model mistral; it lists llama3.2:latest'],
  ])('%s: %s', async (model, detail) => {
    const { url } = await testModelServer(serveLocalModels(['llama3.2:latest', 'bge-m3']))
    const served = await firstProvider({ OPENAI_BASE_URL: `${url}/v1`, CAPSTAN_MODEL: model })
    expect(served?.model).toBe(model)
    if (detail === undefined) expect(served?.problem).toBeUndefined()
    else expect(served?.problem?.detail).toContain(detail)
  })

  test('a server without a model list causes no warning', async () => {
    const { url } = await testModelServer(NONE)
    const served = await firstProvider({ OPENAI_BASE_URL: `${url}/v1`, CAPSTAN_MODEL: 'm' })
    expect(served).toEqual({ provider: 'openai', model: 'm', endpoint: `${url}/v1` })
  })
})

test('a server that starts after its worker is found, and the worker announces its model', async () => {
  const port = await ownPort()
  const { first, read } = await announced({ OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` })
  expect(first?.providers[0]).toMatchObject({
    model: null,
    problem: { detail: expect.stringContaining('does not answer (connect ECONNREFUSED') as string },
  })
  await testModelServer(serveLocalModels(['late']), port)
  const found = await until('the model of the server', async () => {
    const served = (await read())?.providers[0]
    return served?.model === null ? undefined : served
  })
  expect(found).toMatchObject({ model: 'late' })
  expect(found?.problem).toBeUndefined()
})
