import { describe, expect, test } from 'vitest'
import type { Dialect } from '@capstan/shared/inference/dialect'
import { FULL_DIALECT } from '@capstan/shared/inference/full-dialect'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import { buildMultiTypePrompt } from '@capstan/shared/inference/multi-type-prompt'
import type { Model } from '@capstan/shared/inference/types'
import { openModels } from '../src/open-models.ts'
import { startOddServer } from './odd-server.ts'

// Responses of many products, and requests in every dialect, through the real SDKs over HTTP.

const QUESTION = buildQuestion({ outline: 'Thing (example.com/v1, namespaced)' })
const GOOD = '{"capabilities":["store goods"]}'
const never = (): AbortSignal => new AbortController().signal

type Wire = 'chat' | 'responses' | 'messages'

async function open(wire: Wire, body: unknown) {
  const server = await startOddServer(() => ({ body }))
  const key = { apiKey: 'sk-test' }
  const openai = {
    ...key,
    baseUrl: `${server.url}/v1`,
    api: wire === 'chat' ? wire : 'responses',
  } as const
  const settings = wire === 'messages' ? { anthropic: { ...key, baseUrl: server.url } } : { openai }
  const model = (await openModels(settings)).get(wire === 'messages' ? 'anthropic' : 'openai', 'm')
  if (!model) throw new Error('the model is not configured')
  return { model, server }
}

async function read(wire: Wire, body: unknown) {
  const { model } = await open(wire, body)
  return model.ask(QUESTION, never())
}

const choice = (message: unknown, more: object = {}) => ({
  choices: [{ index: 0, finish_reason: 'stop', message, ...more }],
})

describe.each([
  ['a plain content', choice({ role: 'assistant', content: GOOD })],
  ['a list of text parts', choice({ content: [{ type: 'text', text: GOOD }] })],
  [
    'a list of two text parts',
    choice({
      content: [
        { type: 'text', text: GOOD.slice(0, 9) },
        { type: 'text', text: GOOD.slice(9) },
      ],
    }),
  ],
  ['a list of output_text parts', choice({ content: [{ type: 'output_text', text: GOOD }] })],
  [
    'a text with a value',
    choice({ content: [{ type: 'text', text: { value: GOOD, annotations: [] } }] }),
  ],
  ['a list of strings', choice({ content: [GOOD] })],
  ['one part without a list', choice({ content: { type: 'text', text: GOOD } })],
  [
    'thinking among its parts',
    choice({
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: '{a draft}' }] },
        { type: 'text', text: GOOD },
      ],
    }),
  ],
  ['thinking as its only part', choice({ content: [{ type: 'thinking', thinking: GOOD }] })],
  ['reasoning_content alone', choice({ content: null, reasoning_content: GOOD })],
  ['reasoning alone', choice({ content: '', reasoning: GOOD })],
  [
    'reasoning_details alone',
    choice({ content: null, reasoning_details: [{ type: 'reasoning.text', text: GOOD }] }),
  ],
  ['thinking beside an empty content', choice({ content: '', thinking: GOOD })],
  ['no content member', choice({ role: 'assistant', reasoning_content: GOOD })],
  [
    'arguments of a tool call',
    choice({
      content: null,
      tool_calls: [{ type: 'function', function: { name: 'capability', arguments: GOOD } }],
    }),
  ],
  [
    'arguments as an object',
    choice({
      content: '',
      tool_calls: [{ function: { name: 'json', arguments: JSON.parse(GOOD) } }],
    }),
  ],
  ['a function call', choice({ content: null, function_call: { name: 'f', arguments: GOOD } })],
  [
    'words beside a tool call',
    choice({
      content: 'I call a tool.',
      tool_calls: [{ function: { arguments: GOOD } }],
      reasoning_content: '{no}',
    }),
  ],
  ['a delta', { choices: [{ delta: { content: GOOD }, finish_reason: null }] }],
  ['a text', { choices: [{ text: GOOD }] }],
  ['no usage and no id', { choices: [{ message: { content: GOOD } }] }],
] as const)('a chat completion with %s', (_, body) => {
  test('is read', async () => {
    expect(await read('chat', body)).toMatchObject({ text: GOOD, stop: 'end' })
  })
})

test('content with a brace takes precedence over reasoning', async () => {
  const body = choice({ content: `Sure: ${GOOD}`, reasoning_content: '{"draft":1}' })
  expect(await read('chat', body)).toMatchObject({ text: `Sure: ${GOOD}` })
})

test('text without an object is returned as the content', async () => {
  const body = choice({ content: 'I do not know.', reasoning_content: 'hm' })
  expect(await read('chat', body)).toMatchObject({ text: 'I do not know.' })
})

test.each([
  ['stop', 'end'],
  ['eos_token', 'end'],
  [null, 'end'],
  ['tool_calls', 'end'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['MAX_TOKENS', 'length'],
  ['model_length', 'length'],
  ['content_filter', 'refusal'],
  ['SAFETY', 'refusal'],
])('a chat completion that ends with %s is read as %s', async (reason, stop) => {
  const body = choice({ content: GOOD }, { finish_reason: reason })
  expect(await read('chat', body)).toMatchObject({ stop })
})

test('a non-empty refusal member is a refusal, and an empty one is not', async () => {
  expect(await read('chat', choice({ content: null, refusal: 'No.' }))).toMatchObject({
    stop: 'refusal',
  })
  expect(await read('chat', choice({ content: GOOD, refusal: '' }))).toMatchObject({ stop: 'end' })
})

test.each([
  ['text blocks', { content: [{ type: 'text', text: GOOD }], stop_reason: 'end_turn' }, 'end'],
  [
    'thinking before the text',
    {
      content: [
        { type: 'thinking', thinking: '{a}' },
        { type: 'text', text: GOOD },
      ],
    },
    'end',
  ],
  [
    'thinking alone',
    { content: [{ type: 'thinking', thinking: GOOD }], stop_reason: 'end_turn' },
    'end',
  ],
  [
    'the input of a tool',
    {
      content: [{ type: 'tool_use', name: 'f', input: JSON.parse(GOOD) }],
      stop_reason: 'tool_use',
    },
    'end',
  ],
  ['a content that is a text', { content: GOOD }, 'end'],
  ['blocks without a type', { content: [{ text: GOOD }] }, 'end'],
  [
    'an end at the limit',
    { content: [{ type: 'text', text: GOOD }], stop_reason: 'max_tokens' },
    'length',
  ],
  ['a refusal', { content: [{ type: 'text', text: GOOD }], stop_reason: 'refusal' }, 'refusal'],
])('a message with %s is read', async (_, body, stop) => {
  expect(await read('messages', body)).toMatchObject({ text: GOOD, stop })
})

const item = (content: unknown) => ({ output: [{ type: 'message', content }] })

test.each([
  ['output text', item([{ type: 'output_text', text: GOOD }]), 'end'],
  [
    'a reasoning item before it',
    {
      output: [
        { type: 'reasoning', summary: [] },
        { type: 'message', content: [{ type: 'output_text', text: GOOD }] },
      ],
    },
    'end',
  ],
  [
    'a reasoning item alone',
    { output: [{ type: 'reasoning', content: [{ type: 'reasoning_text', text: GOOD }] }] },
    'end',
  ],
  ['a function call', { output: [{ type: 'function_call', name: 'f', arguments: GOOD }] }, 'end'],
  ['a content that is a text', item(GOOD), 'end'],
  ['its text at the top', { object: 'response', output_text: GOOD }, 'end'],
  [
    'an end at the limit',
    {
      ...item([{ type: 'output_text', text: GOOD }]),
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    },
    'length',
  ],
  [
    'no details',
    {
      ...item([{ type: 'output_text', text: GOOD }]),
      status: 'completed',
      incomplete_details: null,
    },
    'end',
  ],
])('a response with %s is read', async (_, body, stop) => {
  expect(await read('responses', body)).toMatchObject({ text: GOOD, stop })
})

test.each(['chat', 'responses', 'messages'] as const)(
  'a %s response without known members is an empty answer, not an exception',
  async (wire) => {
    const empty = { id: 'x', choices: [{}], content: [{}], output: [{}] }
    await expect(read(wire, empty)).rejects.toMatchObject({ kind: 'empty_answer' })
  },
)

const dialectWith = (change: Partial<Dialect>): Dialect => ({ ...FULL_DIALECT, ...change })

async function sent(wire: Wire, dialect?: Dialect, question = QUESTION) {
  const body = { ...choice({ content: GOOD }), content: GOOD, output: [] }
  const { model, server } = await open(wire, body)
  await (model satisfies Model).ask(question, never(), dialect)
  return server.bodies[0] ?? {}
}

test('the full dialect of chat has a strict schema, max_tokens and a system message, without a temperature', async () => {
  expect(await sent('chat')).toEqual({
    model: 'm',
    messages: [
      { role: 'system', content: QUESTION.system },
      { role: 'user', content: QUESTION.user },
    ],
    max_tokens: QUESTION.maxOutputTokens,
    response_format: { type: 'json_schema', json_schema: { strict: true, ...QUESTION.format } },
  })
})

test('a non-strict schema has neither the strict flag nor keywords that servers reject', async () => {
  const body = await sent('chat', dialectWith({ output: 'schema' }))
  expect(JSON.stringify(body['response_format'])).not.toMatch(
    /strict|additionalProperties|minItems|\$schema/,
  )
  expect(body['response_format']).toMatchObject({
    json_schema: { schema: { type: 'object', properties: { confidence: { type: 'number' } } } },
  })
})

test('without structured output the instructions contain the schema and are equal for all types', async () => {
  const json = await sent('chat', dialectWith({ output: 'json_object' }))
  const text = await sent('chat', dialectWith({ output: 'text' }), { ...QUESTION, user: 'another' })
  expect(json['response_format']).toEqual({ type: 'json_object' })
  expect(text).not.toHaveProperty('response_format')
  const [first, second] = [json, text].map(
    ({ messages }) => (messages as { content: string }[])[0]?.content,
  )
  expect(first).toBe(second)
  expect(first?.startsWith(QUESTION.system)).toBe(true)
  expect(first).toContain(JSON.stringify(QUESTION.format.schema))
  expect(first).toMatch(/\bJSON\b/)
})

test('a multi-type prompt and a single-type prompt have equal system instructions', async () => {
  const pack = buildMultiTypePrompt(['One', 'Two']).question
  const { messages } = await sent('chat', dialectWith({ output: 'text' }), pack)
  expect((messages as { content: string }[])[0]?.content.startsWith(QUESTION.system)).toBe(true)
})

test.each(['chat', 'responses', 'messages'] as const)(
  'without a system message the instructions of %s precede the question',
  async (wire) => {
    const body = await sent(wire, dialectWith({ system: 'user' }))
    expect(body).not.toHaveProperty('instructions')
    expect(body).not.toHaveProperty('system')
    expect(JSON.stringify(body)).not.toMatch(/"role":"system"|cache_control/)
    const [beginning, end] = [QUESTION.system, QUESTION.user].map((one) =>
      JSON.stringify(one).slice(1, -1),
    )
    expect(JSON.stringify(body)).toContain(`${beginning}\\n\\n${end}`)
  },
)

test('max_completion_tokens replaces max_tokens', async () => {
  const body = await sent('chat', dialectWith({ limit: 'max_completion_tokens' }))
  expect(body).toMatchObject({ max_completion_tokens: QUESTION.maxOutputTokens })
  expect(body).not.toHaveProperty('max_tokens')
})

test('responses in the mode json_object have the word JSON in their input', async () => {
  const body = await sent('responses', dialectWith({ output: 'json_object' }))
  expect(body).toMatchObject({ text: { format: { type: 'json_object' } } })
  expect(body['input']).toMatch(/\bJSON\b/)
  expect(await sent('responses', dialectWith({ output: 'text' }))).not.toHaveProperty('text')
})

test('messages in the mode text have no output_config, and the schema in their cached instructions', async () => {
  const body = await sent('messages', dialectWith({ output: 'text' }))
  expect(body).not.toHaveProperty('output_config')
  expect(body['system']).toMatchObject([
    {
      type: 'text',
      cache_control: { type: 'ephemeral' },
      text: expect.stringContaining('JSON schema'),
    },
  ])
})
