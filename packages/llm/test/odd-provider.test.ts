import Anthropic from '@anthropic-ai/sdk'
import OpenAI, { AzureOpenAI } from 'openai'
import { expect, test } from 'vitest'
import { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import { COMMON_BEHAVIORS } from '@capstan/testkit/odd-provider/common-behaviors'
import {
  FURTHER_PRODUCTS,
  FURTHER_SERVERS,
} from '@capstan/testkit/odd-provider/further/further-servers'
import { PRODUCTS } from '@capstan/testkit/odd-provider/products'
import { until } from '@capstan/testkit/until'
import { testOddProvider } from '@capstan/testkit/odd-provider/test-odd-provider'

const QUESTION = [
  { role: 'system', content: 'Answer with one JSON object.' },
  { role: 'user', content: 'Widget00001 (group-1.example.com/v1, namespaced)\nFields of spec:' },
] as const

const SCHEMA = {
  type: 'json_schema',
  json_schema: {
    name: 'capability',
    strict: true,
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: { capabilities: { type: 'array', maxItems: 12, items: { type: 'string' } } },
    },
  },
} as const

function openAi(baseURL: string): OpenAI {
  return new OpenAI({ baseURL, apiKey: 'sk-odd-0123456789', maxRetries: 0, timeout: 20_000 })
}

function ask(client: OpenAI, model: string, more: Partial<OpenAI.ChatCompletionCreateParams> = {}) {
  return client.chat.completions.create({
    model,
    messages: [...QUESTION],
    max_tokens: 500,
    ...more,
    stream: false,
  })
}

const OPENAI_PRODUCTS = Object.entries(PRODUCTS).filter(([, { wire }]) => wire === 'openai')

test.each(OPENAI_PRODUCTS)(
  '%s answers a question through the OpenAI SDK with a valid capability of the requested kind',
  async (name) => {
    const odd = await testOddProvider()
    const answer = await ask(openAi(`${odd.url}/v1`), `${name}/plain`)
    const text = answer.choices[0]?.message.content ?? ''
    const capability = InferredCapability.parse(JSON.parse(text))
    expect(capability.description).toContain('Widget00001 of group-1.example.com')
    expect(odd.count()).toEqual({ all: 1, answered: 1, refused: 0, fault: 0 })
  },
)

test('the Anthropic gateway answers through the Anthropic SDK', async () => {
  const odd = await testOddProvider({ product: 'anthropic-gateway', behaviors: ['thinking'] })
  const client = new Anthropic({ baseURL: odd.url, apiKey: 'sk-ant-odd', maxRetries: 0 })
  const answer = await client.messages.create({
    model: 'served-name',
    max_tokens: 500,
    system: QUESTION[0].content,
    messages: [QUESTION[1]],
  })
  expect(answer.content.map(({ type }) => type)).toEqual(['thinking', 'text'])
})

test.each([
  ['vllm/no-system-role', {}, 400, 'System role not supported'],
  [
    'lm-studio/plain',
    { response_format: { type: 'json_object' } },
    400,
    "must be 'json_schema' or",
  ],
  ['llama-cpp/no-json-schema', { response_format: SCHEMA }, 500, 'but got: json_schema'],
  ['tgi/plain', { response_format: { type: 'json_object' } }, 422, 'missing field `value`'],
  ['azure/no-max-tokens', {}, 400, "Use 'max_completion_tokens' instead"],
  ['azure/plain', { nonsense: 1 }, 400, 'Unrecognized request argument supplied: nonsense'],
  ['deepseek/plain', { response_format: SCHEMA }, 400, 'This response_format type is unavailable'],
  ['groq/no-schema-bounds', { response_format: SCHEMA }, 400, 'maxItems is not supported'],
  ['groq/plain', { prompt_cache_key: 'k' }, 400, "property 'prompt_cache_key' is unsupported"],
  ['mistral/plain', { max_completion_tokens: 9 }, 422, 'Extra inputs are not permitted'],
  ['gemini/plain', { frequency_penalty: 0 }, 400, 'Unknown name'],
] as const)(
  'the simulated server %s rejects the request members %o with status %i and the text %j',
  async (model, more, status, words) => {
    const odd = await testOddProvider()
    const response = await fetch(`${odd.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model, messages: QUESTION, max_tokens: 9, ...more }),
    })
    expect(response.status).toBe(status)
    expect(await response.text()).toContain(words)
    expect(odd.count(model)).toMatchObject({ refused: 1, answered: 0 })
  },
)

test('Azure serves a deployment only below its path, with its key and version', async () => {
  const odd = await testOddProvider({ product: 'azure', behaviors: ['deployment'] })
  const client = new AzureOpenAI({
    endpoint: odd.url,
    deployment: 'my-deployment',
    apiKey: 'azure-odd-0123456789',
    apiVersion: '2024-10-21',
    maxRetries: 0,
  })
  const answer = await ask(client, 'my-deployment')
  expect(answer.choices[0]?.message.content).toContain('Widget00001')
  await expect(ask(openAi(`${odd.url}/v1`), 'my-deployment')).rejects.toThrow('Resource not found')
  await expect(ask(openAi(`${odd.url}/openai/v1`), 'my-deployment')).rejects.toThrow('404')
})

test('a product is served below its base path and its name, and other paths get its 404', async () => {
  const odd = await testOddProvider({ product: 'lm-studio', models: ['qwen3-8b'] })
  const { data } = await openAi(`${odd.url}/v1`).models.list()
  expect(data.map(({ id }) => id)).toEqual(['qwen3-8b'])
  const wrong = await fetch(`${odd.url}/chat/completions`, { method: 'POST', body: '{}' })
  expect(wrong.status).toBe(200)
  expect(await wrong.json()).toEqual({
    error: 'Unexpected endpoint or method. (POST /chat/completions). Returning 200 anyway',
  })
  const all = await testOddProvider()
  expect((await openAi(`${all.url}/v1`).models.list()).data).toHaveLength(1)
  const answer = await ask(openAi(`${all.url}/groq/openai/v1`), 'llama-3.3-70b-versatile')
  expect(answer).toHaveProperty('x_groq')
})

test('a behavior with a number ends after that many calls, and a new behavior applies from the next call', async () => {
  const odd = await testOddProvider()
  const client = openAi(`${odd.url}/v1`)
  const model = 'llama-cpp/loading:2~first'
  await expect(ask(client, model)).rejects.toThrow('503')
  await expect(ask(client, model)).rejects.toThrow('Loading model')
  await ask(client, model)
  odd.setBehaviors(model, ['wrong-key'])
  await expect(ask(client, model)).rejects.toThrow('Invalid API Key')
  const counts = await (await fetch(`${odd.url}/_odd/calls`)).json()
  expect(counts).toEqual({ [model]: { all: 4, answered: 1, refused: 0, fault: 3 } })
})

test('behaviors can be combined, and an unknown name is an error', async () => {
  const odd = await testOddProvider()
  const client = openAi(`${odd.url}/v1`)
  const answer = await ask(client, 'vllm/think-tags+parts+no-usage')
  const content: unknown = answer.choices[0]?.message.content
  const text = expect.stringMatching(/^<think>[^]*<\/think>\s+\{/) as string
  expect(content).toEqual([{ type: 'text', text }])
  expect(answer.usage).toBeUndefined()
  await expect(ask(client, 'vllm/no-such-thing')).rejects.toThrow('no behavior no-such-thing')
})

test.each(['break-in-body', 'reset'])('the behavior %s ends the connection', async (name) => {
  const odd = await testOddProvider()
  await expect(ask(openAi(`${odd.url}/v1`), `vllm/${name}`)).rejects.toThrow(
    /Connection error|terminated|aborted/,
  )
})

test.each(['hang', 'hang-in-body'])(
  'the behavior %s lasts until the caller disconnects',
  async (name) => {
    const odd = await testOddProvider()
    const leaving = new AbortController()
    const call = fetch(`${odd.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: `vllm/${name}`, messages: QUESTION }),
      signal: leaving.signal,
    }).then((response) => response.text())
    await until('the call', () => (odd.count().all === 1 ? true : undefined))
    leaving.abort()
    await expect(call).rejects.toThrow('aborted')
  },
)

test.each([
  ['huge', 100],
  ['gzip-bomb', 200],
])('the body %s decompresses to %i MiB', async (name, mebibytes) => {
  const odd = await testOddProvider()
  const { body } = await fetch(`${odd.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: `vllm/${name}`, messages: QUESTION }),
  })
  let bytes = 0
  for await (const chunk of body ?? []) bytes += (chunk as Uint8Array).length
  expect(Math.floor(bytes / 1_048_576)).toBe(mebibytes)
})

test('every behavior of every product and server names its source and can be started', async () => {
  const odd = await testOddProvider({ more: FURTHER_PRODUCTS })
  const products = { ...PRODUCTS, ...FURTHER_PRODUCTS }
  for (const [product, { wire, behaviors }] of Object.entries(products)) {
    const path = wire === 'openai' ? 'chat/completions' : 'messages'
    for (const [name, { source }] of Object.entries(behaviors)) {
      expect(source, name).not.toBe('')
      const response = await fetch(`${odd.url}/v1/${path}`, {
        method: 'POST',
        redirect: 'manual',
        body: JSON.stringify({ model: `${product}/${name}`, messages: QUESTION }),
      })
      expect(response.status, `${product}/${name}`).not.toBe(501)
      await response.arrayBuffer()
    }
  }
  expect(Object.keys(COMMON_BEHAVIORS).length).toBeGreaterThan(20)
  expect(Object.keys(FURTHER_SERVERS).length).toBeGreaterThanOrEqual(30)
})
