import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { testProviderSim } from '@capstan/testkit/provider-sim'

// Checks responses of the simulator against OpenAI's OpenAPI document, if CAPSTAN_OPENAI_SPEC names one
// (openapi.json of github.com/openai/openai-openapi, complete or in part).
const PATH = process.env['CAPSTAN_OPENAI_SPEC']
const WHY = 'CAPSTAN_OPENAI_SPEC does not name an OpenAPI document of OpenAI'

const CHAT = { model: 'm', messages: [{ role: 'user', content: 'CronJob (batch/v1, namespaced)' }] }
const RESPONSE = { model: 'm', input: 'CronJob (batch/v1, namespaced)' }
const EMBEDDINGS = { model: 'm', input: ['x', 'y'], dimensions: 8 }

interface Sent {
  path: string
  body?: object
  fault?: 'refusal' | 'truncated-text' | 'error-after-200'
}

async function send({ path, body, fault }: Sent): Promise<string> {
  const sim = await testProviderSim({
    models: ['a'],
    ...(fault ? { faults: [{ kind: fault }] } : {}),
  })
  const response = await fetch(`${sim.url}/v1${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: 'Bearer k' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  expect(response.status).toBe(200)
  return response.text()
}

/** Returns the errors of a value, as the document's validator reports them. */
async function openDocument(): Promise<(schema: string, value: unknown) => string[]> {
  const document: unknown = JSON.parse(await readFile(PATH ?? '', 'utf8'))
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
  ajv.addSchema(asObject(withNulls(document)), 'openai')
  return (schema, value) => {
    const validate = ajv.getSchema(`openai#/components/schemas/${schema}`)
    if (!validate) throw new Error(`the document has no schema ${schema}`)
    if (validate(value)) return []
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
  }
}

/** A few schemas still use `nullable`, which this JSON Schema dialect does not support. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls)
  if (typeof value !== 'object' || value === null) return value
  const { nullable, ...rest } = asObject(value)
  const inner = Object.fromEntries(
    Object.entries(rest).map(([name, member]) => [name, withNulls(member)]),
  )
  return nullable === true ? { anyOf: [inner, { type: 'null' }] } : inner
}

function asObject(value: unknown): Record<string, unknown> {
  return Object(value)
}

const BODIES: [string, string, Sent][] = [
  ['a chat completion', 'CreateChatCompletionResponse', { path: '/chat/completions', body: CHAT }],
  [
    'a chat refusal',
    'CreateChatCompletionResponse',
    { path: '/chat/completions', body: CHAT, fault: 'refusal' },
  ],
  ['a response', 'Response', { path: '/responses', body: RESPONSE }],
  ['a refusal', 'Response', { path: '/responses', body: RESPONSE, fault: 'refusal' }],
  ['a cut response', 'Response', { path: '/responses', body: RESPONSE, fault: 'truncated-text' }],
  [
    'a failed response',
    'Response',
    { path: '/responses', body: RESPONSE, fault: 'error-after-200' },
  ],
  ['embeddings', 'CreateEmbeddingResponse', { path: '/embeddings', body: EMBEDDINGS }],
  ['the models', 'ListModelsResponse', { path: '/models' }],
  ['a model', 'Model', { path: '/models/a' }],
]

const STREAMS: [string, string, Sent][] = [
  [
    'a chat stream',
    'CreateChatCompletionStreamResponse',
    {
      path: '/chat/completions',
      body: { ...CHAT, stream: true, stream_options: { include_usage: true } },
    },
  ],
  [
    'a response stream',
    'ResponseStreamEvent',
    { path: '/responses', body: { ...RESPONSE, stream: true } },
  ],
  [
    'a refusal stream',
    'ResponseStreamEvent',
    { path: '/responses', body: { ...RESPONSE, stream: true }, fault: 'refusal' },
  ],
  [
    'a stream that fails',
    'ResponseStreamEvent',
    { path: '/responses', body: { ...RESPONSE, stream: true }, fault: 'error-after-200' },
  ],
]

describe('the OpenAPI document of OpenAI', () => {
  test.for(BODIES)('accepts %s', async ([, schema, sent], { skip }) => {
    skip(PATH === undefined, WHY)
    const faultsOf = await openDocument()
    expect(faultsOf(schema, JSON.parse(await send(sent)))).toEqual([])
  })

  test.for(STREAMS)('accepts every event of %s', async ([, schema, sent], { skip }) => {
    skip(PATH === undefined, WHY)
    const faultsOf = await openDocument()
    const lines = (await send(sent)).split('\n').filter((line) => line.startsWith('data: {'))
    expect(lines.length).toBeGreaterThan(4)
    for (const line of lines) {
      expect([line, faultsOf(schema, JSON.parse(line.slice(6)))]).toEqual([line, []])
    }
  })

  test('rejects an invalid body', async ({ skip }) => {
    skip(PATH === undefined, WHY)
    const faultsOf = await openDocument()
    expect(faultsOf('Model', { id: 'a', object: 'model' })).not.toEqual([])
    expect(faultsOf('Response', { id: 'a' })).not.toEqual([])
    expect(faultsOf('ResponseStreamEvent', { type: 'response.made-up' })).not.toEqual([])
  })
})
