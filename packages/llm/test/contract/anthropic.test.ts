import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'vitest'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { until } from '@capstan/testkit/until'
import type { ExactShape } from './exact-shape.ts'

// Checks the simulator against the types and behavior of the real SDK.

const KEY = 'sk-ant-contract-0123456789'
const LONG = 'You describe types of a cluster. '.repeat(200)
const QUESTION: Anthropic.MessageCreateParamsNonStreaming = {
  model: 'claude-simulated-small',
  max_tokens: 2000,
  system: [{ type: 'text', text: LONG, cache_control: { type: 'ephemeral' } }],
  messages: [{ role: 'user', content: 'CronJob (batch/v1, namespaced)' }],
}

const FOREVER = { kind: 'uniform', minMs: 600_000, maxMs: 600_000 } as const

async function open(config: Parameters<typeof testProviderSim>[0] = {}) {
  const sim = await testProviderSim(config)
  return { sim, client: new Anthropic({ apiKey: KEY, baseURL: sim.url, maxRetries: 0 }) }
}

/** Runs `work` during this number of calls. */
async function withRunning(
  client: Anthropic,
  sim: Awaited<ReturnType<typeof testProviderSim>>,
  running: number,
  work: () => void | Promise<void>,
): Promise<void> {
  const leaving = new AbortController()
  const calls = Array.from({ length: running }, () =>
    client.messages.create(QUESTION, { signal: leaving.signal }),
  )
  await until('the calls', () => (sim.stats().inFlight === running ? true : undefined))
  await work()
  leaving.abort()
  await Promise.allSettled(calls)
}

const text = expect.any(String)
const count = expect.any(Number)

const USAGE = {
  cache_creation: { ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count },
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  inference_geo: null,
  input_tokens: count,
  output_tokens: count,
  output_tokens_details: null,
  server_tool_use: null,
  service_tier: 'standard',
  speed: 'standard',
} satisfies ExactShape<Anthropic.Usage>

const MESSAGE = {
  id: expect.stringMatching(/^msg_/),
  type: 'message',
  role: 'assistant',
  container: null,
  content: [{ type: 'text', text, citations: null } satisfies ExactShape<Anthropic.TextBlock>],
  diagnostics: null,
  model: QUESTION.model,
  stop_details: null,
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: USAGE,
} satisfies ExactShape<Anthropic.Message>

test('a simulated message has every member of the SDK type, and the ids of the call', async () => {
  const { client } = await open()
  const { data, request_id, response } = await client.messages.create(QUESTION).withResponse()
  expect(data).toEqual(MESSAGE)
  expect(request_id).toMatch(/^req_/)
  expect(response.headers.get('anthropic-organization-id')).toBeTruthy()
})

test('a simulated stream has the same message, event by event', async () => {
  const { client } = await open()
  const whole = await client.messages.create(QUESTION)
  const stream = client.messages.stream(QUESTION)
  const events: string[] = []
  stream.on('streamEvent', (event) => events.push(event.type))
  const received = await stream.finalMessage()
  expect({ ...received, id: '', usage: 0 }).toMatchObject({ ...whole, id: '', usage: 0 })
  expect(received.usage).toMatchObject({
    output_tokens: whole.usage.output_tokens,
    cache_read_input_tokens: expect.any(Number),
  })
  expect([...new Set(events)]).toEqual([
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ])
})

test('a prefix is written to the cache once, then read, and lost with another format', async () => {
  const { client } = await open()
  const first = await client.messages.create(QUESTION)
  const second = await client.messages.create(QUESTION)
  const prefix = first.usage.cache_creation_input_tokens
  expect(prefix).toBeGreaterThan(1024)
  expect(first.usage.cache_read_input_tokens).toBe(0)
  expect(second.usage).toMatchObject({
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: prefix,
    input_tokens: first.usage.input_tokens,
  })
  const format = { type: 'json_schema' as const, schema: { type: 'object' } }
  const third = await client.messages.create({ ...QUESTION, output_config: { format } })
  expect(third.usage.cache_creation_input_tokens).toBe(prefix)
})

test('concurrent calls with a cold cache all pay the full price', async () => {
  const { client, sim } = await open({ latency: FOREVER })
  await withRunning(client, sim, 3, () => {
    expect(sim.calls().map(({ cachedTokens }) => cachedTokens)).toEqual([0, 0, 0])
  })
})

test('an answer is truncated at max_tokens', async () => {
  const { client } = await open()
  const received = await client.messages.create({ ...QUESTION, max_tokens: 5 })
  expect(received).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 5 } })
})

test('tokens are counted as for a call, without a call', async () => {
  const { client, sim } = await open()
  const { max_tokens: _, ...question } = QUESTION
  const counted = await client.messages.countTokens(question)
  expect(counted).toEqual({
    input_tokens: count,
  } satisfies ExactShape<Anthropic.MessageTokensCount>)
  expect(sim.stats().calls).toBe(0)
  const { usage } = await client.messages.create(QUESTION)
  expect(usage.input_tokens + (usage.cache_creation_input_tokens ?? 0)).toBe(counted.input_tokens)
})

test('models are listed, and found by id', async () => {
  const { client } = await open({ models: ['claude-a', 'claude-b'] })
  const listed: Anthropic.ModelInfo[] = []
  for await (const model of client.models.list()) listed.push(model)
  expect(listed.map(({ id }) => id)).toEqual(['claude-a', 'claude-b'])
  const model = await client.models.retrieve('claude-b')
  expect(model).toEqual({
    id: 'claude-b',
    type: 'model',
    capabilities: expect.objectContaining({ structured_outputs: { supported: true } }),
    created_at: text,
    deprecated_at: null,
    display_name: text,
    lifecycle: 'active',
    line: null,
    max_input_tokens: count,
    max_tokens: count,
    retires_at: null,
  } satisfies ExactShape<Anthropic.ModelInfo>)
  const missing = client.models.retrieve('claude-c')
  await expect(missing).rejects.toBeInstanceOf(Anthropic.NotFoundError)
})

test('the limits of the organization are listed per model group', async () => {
  const { client } = await open({
    models: ['claude-a', 'claude-b', 'claude-c'],
    limits: { requestsPerMinute: 50, inputTokensPerMinute: 30_000, outputTokensPerMinute: 8000 },
    modelGroups: [{ name: 'b', models: ['claude-b'], limits: { requestsPerMinute: 7 } }],
  })
  const { data } = await client.organization.rateLimits.list()
  expect(data).toMatchObject([
    {
      type: 'rate_limit',
      group: { type: 'model_group', display_name: 'default' },
      models: ['claude-a', 'claude-c'],
      limits: [
        { type: 'requests_per_minute', value: 50 },
        { type: 'input_tokens_per_minute_cache_aware', value: 30_000 },
        { type: 'output_tokens_per_minute', value: 8000 },
      ],
    },
    { group: { display_name: 'b' }, models: ['claude-b'] },
  ])
  const one = await client.organization.rateLimits.list({ model: 'claude-b' })
  expect(one.data).toHaveLength(1)
  const none = client.organization.rateLimits.list({ model: 'gone' })
  await expect(none).rejects.toBeInstanceOf(Anthropic.NotFoundError)
})

describe('rate limits', () => {
  test('rate limits are in the headers of every response, with success or error', async () => {
    const { client } = await open({
      limits: { requestsPerMinute: 1, outputTokensPerMinute: 90_000 },
    })
    const { response } = await client.messages.create(QUESTION).withResponse()
    const head = (name: string) => response.headers.get(`anthropic-ratelimit-${name}`)
    expect(head('requests-limit')).toBe('1')
    expect(head('requests-remaining')).toBe('0')
    expect(head('output-tokens-limit')).toBe('90000')
    expect(head('output-tokens-remaining')).toBe('90000')
    expect(head('tokens-limit')).toBe('90000')
    expect(head('requests-reset')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    const error = await client.messages.create(QUESTION).catch((thrown: unknown) => thrown)
    if (!(error instanceof Anthropic.RateLimitError)) throw error
    expect(error.type).toBe('rate_limit_error')
    expect(error.requestID).toMatch(/^req_/)
    expect(Number(error.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(error.headers.get('anthropic-ratelimit-requests-remaining')).toBe('0')
  })

  test('rate limits do not count cached input tokens', async () => {
    const { client, sim } = await open({ limits: { inputTokensPerMinute: 3000 } })
    for (let call = 0; call < 4; call++) await client.messages.create(QUESTION)
    expect(sim.compliance()).toMatchObject({
      admitted: 4,
      buckets: [{ bucket: 'input-tokens', violations: 0 }],
    })
    expect(sim.calls().map(({ cachedTokens }) => cachedTokens > 0)).toEqual([
      false,
      true,
      true,
      true,
    ])
  })

  test('rate limits of an account apply to all of its keys and to no other account', async () => {
    const limits = { requestsPerMinute: 1 }
    const { sim } = await open({
      accounts: [
        { name: 'one', keys: ['key-1', 'key-2'], limits },
        { name: 'two', keys: ['key-3'], limits },
      ],
    })
    const as = (apiKey: string) =>
      new Anthropic({ apiKey, baseURL: sim.url, maxRetries: 0 }).messages.create(QUESTION)
    await as('key-1')
    await expect(as('key-2')).rejects.toBeInstanceOf(Anthropic.RateLimitError)
    await as('key-3')
    await expect(as('key-4')).rejects.toBeInstanceOf(Anthropic.AuthenticationError)
    expect(sim.calls().map(({ account, refusedBy }) => [account, refusedBy])).toEqual([
      ['one', undefined],
      ['one', 'requests'],
      ['two', undefined],
      ['', 'auth'],
    ])
  })

  test('a concurrency limit rejects one more call with its own error', async () => {
    const { client, sim } = await open({ limits: { maxConcurrent: 2 }, latency: FOREVER })
    await withRunning(client, sim, 2, async () => {
      const refused = client.messages.create(QUESTION)
      await expect(refused).rejects.toBeInstanceOf(Anthropic.RateLimitError)
    })
    expect(sim.compliance()).toMatchObject({ refusals: { concurrency: 1 } })
  })

  test('a ramp limit has its own error class', async () => {
    const { client } = await open({ ramp: { baseRequestsPerMinute: 6, growth: 2 } })
    await client.messages.create(QUESTION)
    const refused = await client.messages.create(QUESTION).catch((thrown: unknown) => thrown)
    expect(refused).toBeInstanceOf(Anthropic.RampLimitExceededError)
    if (!(refused instanceof Anthropic.RateLimitError)) throw refused
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test.each([
    ['tier', Anthropic.EnforcedSpendLimitReachedError],
    ['contract', Anthropic.ContractSpendLimitReachedError],
    ['user', Anthropic.BadRequestError],
    ['credit', Anthropic.PaymentRequiredError],
  ] as const)('a spend limit set by %s has no retry-after', async (setBy, type) => {
    const { client } = await open({ spend: { capUsd: 0.000_001, setBy } })
    await client.messages.create(QUESTION)
    const refused = await client.messages.create(QUESTION).catch((thrown: unknown) => thrown)
    expect(refused).toBeInstanceOf(type)
    if (!(refused instanceof Anthropic.APIError)) throw refused
    expect(refused.headers?.get('retry-after')).toBeNull()
  })
})
