import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { until } from '@capstan/testkit/until'
import type { ExactShape } from './exact-shape.ts'

// Checks the simulator against the types and behavior of the real SDK.

const KEY = 'sk-contract-0123456789'
const LONG = 'You describe types of a cluster. '.repeat(200)
const CHAT: OpenAI.ChatCompletionCreateParamsNonStreaming = {
  model: 'gpt-simulated',
  messages: [
    { role: 'system', content: LONG },
    { role: 'user', content: 'CronJob (batch/v1, namespaced)' },
  ],
}
const RESPONSE = {
  model: 'gpt-simulated',
  instructions: LONG,
  input: 'CronJob (batch/v1, namespaced)',
}

const FOREVER = { kind: 'uniform', minMs: 600_000, maxMs: 600_000 } as const

async function open(config: Parameters<typeof testProviderSim>[0] = {}) {
  const sim = await testProviderSim(config)
  const client = new OpenAI({
    apiKey: KEY,
    adminAPIKey: KEY,
    baseURL: `${sim.url}/v1`,
    maxRetries: 0,
  })
  return { sim, client }
}

const text = expect.any(String)
const count = expect.any(Number)

test('a simulated chat completion has every member of the SDK type, and the id of the call', async () => {
  const { client } = await open()
  const { data, request_id, response } = await client.chat.completions.create(CHAT).withResponse()
  expect(data).toEqual({
    id: expect.stringMatching(/^chatcmpl-/),
    object: 'chat.completion',
    created: count,
    model: CHAT.model,
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        logprobs: null,
        message: {
          role: 'assistant',
          content: text,
          refusal: null,
          annotations: [],
        } satisfies ExactShape<OpenAI.ChatCompletionMessage>,
      } satisfies ExactShape<OpenAI.ChatCompletion.Choice>,
    ],
    service_tier: 'default',
    usage: expect.objectContaining({
      prompt_tokens: count,
      completion_tokens: count,
      total_tokens: count,
    } satisfies ExactShape<OpenAI.CompletionUsage>),
  } satisfies ExactShape<OpenAI.ChatCompletion>)
  expect(request_id).toMatch(/^req_/)
  expect(Number(response.headers.get('x-request-id')?.length)).toBeGreaterThan(8)
})

test('a simulated response has every member of the SDK type', async () => {
  const { client } = await open()
  const response = await client.responses.create(RESPONSE)
  const { output_text, ...sent } = response
  expect(JSON.parse(output_text)).toMatchObject({ complexity: text })
  expect(sent).toMatchObject({
    access_programs: null,
    id: expect.stringMatching(/^resp_/),
    object: 'response',
    created_at: count,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: RESPONSE.model,
    output: [
      {
        type: 'message',
        id: text,
        role: 'assistant',
        status: 'completed',
        content: [
          {
            type: 'output_text',
            text: output_text,
            annotations: [],
          } satisfies ExactShape<OpenAI.Responses.ResponseOutputText>,
        ],
      } satisfies ExactShape<OpenAI.Responses.ResponseOutputMessage>,
    ],
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
  } satisfies ExactShape<Omit<OpenAI.Responses.Response, 'output_text'>>)
  expect(sent.usage).toEqual({
    input_tokens: count,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: count },
    output_tokens: count,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: count,
  } satisfies ExactShape<OpenAI.Responses.ResponseUsage>)
})

test('a simulated chat stream has the same answer in chunks, and its usage on request', async () => {
  const { client } = await open()
  const whole = await client.chat.completions.create(CHAT)
  const stream = await client.chat.completions.create({
    ...CHAT,
    stream: true,
    stream_options: { include_usage: true },
  })
  let received = ''
  const finishes: unknown[] = []
  let usage: OpenAI.CompletionUsage | null | undefined
  for await (const chunk of stream) {
    received += chunk.choices[0]?.delta.content ?? ''
    if (chunk.choices[0]?.finish_reason) finishes.push(chunk.choices[0].finish_reason)
    usage = chunk.usage
  }
  expect(received).toBe(whole.choices[0]?.message.content)
  expect(finishes).toEqual(['stop'])
  expect(usage?.completion_tokens).toBe(whole.usage?.completion_tokens)
})

test('a simulated response stream has the answer of an unstreamed response and the events of the API', async () => {
  const { client } = await open()
  const whole = await client.responses.create(RESPONSE)
  const stream = client.responses.stream(RESPONSE)
  const types: string[] = []
  stream.on('event', (event) => types.push(event.type))
  const received = await stream.finalResponse()
  expect(received.output_text).toBe(whole.output_text)
  expect([...new Set(types)]).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ])
})

test('the second call reads the prompt from the cache, in multiples of 128 tokens', async () => {
  const { client } = await open()
  await client.responses.create(RESPONSE)
  const { usage } = await client.responses.create(RESPONSE)
  const cached = usage?.input_tokens_details.cached_tokens ?? 0
  expect(cached).toBeGreaterThanOrEqual(1024)
  expect(cached % 128).toBe(0)
})

test('embeddings are base64 by default of the SDK and numbers on request, with equal values', async () => {
  const { client, sim } = await open()
  const input = ['nightly job', 'a nightly job', 'certificate']
  const asked = { model: 'text-embedding-simulated', input, dimensions: 256 }
  const packed = await client.embeddings.create(asked)
  const plain = await client.embeddings.create({ ...asked, encoding_format: 'float' })
  expect(packed).toMatchObject({
    object: 'list',
    model: asked.model,
    usage: { prompt_tokens: count, total_tokens: count },
    data: input.map((_, index) => ({ object: 'embedding', index })),
  })
  const [first = [], near = [], far = []] = packed.data.map(({ embedding }) => [...embedding])
  expect(first).toHaveLength(256)
  expect(first).toEqual(plain.data[0]?.embedding)
  const product = (one: number[], other: number[]) =>
    one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0)
  expect(product(first, first)).toBeCloseTo(1, 5)
  expect(product(first, near)).toBeGreaterThan(product(first, far) + 0.3)
  expect(sim.calls()[0]).toMatchObject({ endpoint: '/v1/embeddings', outputTokens: 0 })
})

test('models are listed, and found by id', async () => {
  const { client } = await open({ models: ['a', 'b'] })
  const listed: string[] = []
  for await (const model of client.models.list()) listed.push(model.id)
  expect(listed).toEqual(['a', 'b'])
  expect(await client.models.retrieve('b')).toEqual({
    id: 'b',
    object: 'model',
    created: count,
    owned_by: text,
  } satisfies ExactShape<OpenAI.Model>)
  await expect(client.models.retrieve('c')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
})

test('the limits of a project are listed per model', async () => {
  const { client } = await open({
    models: ['a'],
    limits: { requestsPerMinute: 500, tokensPerMinute: 200_000 },
  })
  const limits = await client.admin.organization.projects.rateLimits.listRateLimits('proj_1')
  expect(limits.data).toEqual([
    {
      id: text,
      object: 'project.rate_limit',
      model: 'a',
      max_requests_per_1_minute: 500,
      max_tokens_per_1_minute: 200_000,
    } satisfies ExactShape<(typeof limits.data)[number]>,
  ])
})

test('a request that only counts input tokens is no model call', async () => {
  const { client, sim } = await open()
  const counted = await client.responses.inputTokens.count({
    model: RESPONSE.model,
    instructions: LONG,
    input: 'CronJob (batch/v1, namespaced)',
  })
  const { usage } = await client.responses.create(RESPONSE)
  expect(counted).toEqual({ object: 'response.input_tokens', input_tokens: usage?.input_tokens })
  expect(sim.stats().calls).toBe(1)
})

describe('rate limits', () => {
  test('rate limits are in the headers, with durations', async () => {
    const { client } = await open({ limits: { requestsPerMinute: 2, tokensPerMinute: 100_000 } })
    const { response } = await client.chat.completions.create(CHAT).withResponse()
    const head = (name: string) => response.headers.get(`x-ratelimit-${name}`)
    expect(head('limit-requests')).toBe('2')
    expect(head('remaining-requests')).toBe('1')
    expect(head('reset-requests')).toMatch(/^\d+(\.\d+)?s$/)
    expect(head('limit-tokens')).toBe('100000')
    expect(Number(head('remaining-tokens'))).toBeLessThan(99_000)
    expect(head('reset-tokens')).toMatch(/^(\d+ms|\d+(\.\d+)?s)$/)
  })

  test('rate limits reserve max_tokens and refund unused tokens', async () => {
    const { client, sim } = await open({ limits: { tokensPerMinute: 6000 }, latency: FOREVER })
    const ask = (signal?: AbortSignal) =>
      client.chat.completions
        .create({ ...CHAT, max_completion_tokens: 3000 }, signal ? { signal } : {})
        .withResponse()
    const leaving = new AbortController()
    const first = ask(leaving.signal).catch((reason: unknown) => reason)
    await until('the first call', () => (sim.stats().inFlight === 1 ? true : undefined))
    const refused = await ask().catch((reason: unknown) => reason)
    if (!(refused instanceof OpenAI.RateLimitError)) throw refused
    expect(refused).toMatchObject({ code: 'rate_limit_exceeded', type: 'tokens' })
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(Number(refused.headers.get('retry-after-ms'))).toBeGreaterThan(0)
    expect(sim.calls()[0]?.buckets[0]).toMatchObject({ name: 'tokens', level: 6000 })
    expect(sim.calls()[0]?.buckets[0]?.took).toBeGreaterThan(4600)
    leaving.abort()
    await first
    sim.configure({ limits: { tokensPerMinute: 6000 } })
    const { response } = await ask()
    expect(Number(response.headers.get('x-ratelimit-remaining-tokens'))).toBeGreaterThan(4000)
  })

  test('a ramp limit is a slow_down error', async () => {
    const { client } = await open({ ramp: { baseRequestsPerMinute: 6, growth: 2 } })
    await client.chat.completions.create(CHAT)
    const refused = await client.chat.completions.create(CHAT).catch((thrown: unknown) => thrown)
    expect(refused).toBeInstanceOf(OpenAI.InternalServerError)
    expect(refused).toMatchObject({ status: 503, code: 'slow_down' })
  })

  test('a spend limit is an insufficient_quota error', async () => {
    const { client } = await open({ spend: { capUsd: 0 } })
    const refused = client.chat.completions.create(CHAT)
    await expect(refused).rejects.toMatchObject({ status: 429, code: 'insufficient_quota' })
  })
})
