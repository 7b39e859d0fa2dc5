import { expect, test } from 'vitest'
import { DialectRefusal } from '@capstan/shared/inference/dialect-refusal'
import { FULL_DIALECT } from '@capstan/shared/inference/full-dialect'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import { openModels } from '../src/open-models.ts'
import { startOddServer, type OddAnswer } from './odd-server.ts'
import { CHAT_ROWS, error, flat, MESSAGES_ROWS } from './refused-requests.ts'

// Errors of many products for a refused request part, through the real SDKs over HTTP.

const QUESTION = buildQuestion({ outline: 'Thing (example.com/v1, namespaced)' })
const never = (): AbortSignal => new AbortController().signal
async function askOne(wire: 'openai' | 'anthropic', answer: OddAnswer): Promise<unknown> {
  const { url, bodies } = await startOddServer(() => answer)
  const baseUrl = wire === 'openai' ? `${url}/v1` : url
  const model = (await openModels({ [wire]: { apiKey: 'sk-test', baseUrl } })).get(wire, 'm')
  const thrown = await model?.ask(QUESTION, never()).catch((reason: unknown) => reason)
  expect(bodies).toHaveLength(1)
  return thrown
}

test.each(CHAT_ROWS)(
  'the chat error %s (%i) names the refused part of the request',
  async (_, status, body, next) => {
    const thrown = await askOne('openai', { status, body })
    expect(thrown).toBeInstanceOf(DialectRefusal)
    expect(thrown).toMatchObject({
      isClear: true,
      policy: 'fail',
      next: { ...FULL_DIALECT, ...next },
    })
  },
)

test.each(MESSAGES_ROWS)(
  'the Messages error %s (%i) names the refused part of the request',
  async (_, status, body, next) => {
    const thrown = await askOne('anthropic', { status, body })
    expect(thrown).toBeInstanceOf(DialectRefusal)
    expect(thrown).toMatchObject({
      isClear: true,
      policy: 'fail',
      next: { ...FULL_DIALECT, ...next },
    })
  },
)

test.each([
  ['no explanation', 400, {}],
  ['an empty list', 422, { detail: [] }],
  ['no more than its status', 400, error('Bad Request')],
  ['a body that is no JSON', 400, 'Bad Request'],
  ['that it is not implemented', 501, error('Not implemented')],
  ['a media type', 415, error('Unsupported Media Type')],
])('the error %s (%i) is a dialect refusal without a reason', async (_, status, body) => {
  const thrown = await askOne('openai', { status, body })
  expect(thrown).toMatchObject({ isClear: false, next: { ...FULL_DIALECT, output: 'json_object' } })
})

test.each([
  [
    'vLLM, of the context',
    400,
    flat(
      "This model's maximum context length is 2048 tokens. However, you requested 2900 tokens (1400 in the messages, 1500 in the completion).",
    ),
  ],
  [
    'vLLM, of the limit',
    400,
    flat(
      "'max_tokens' or 'max_completion_tokens' is too large: 1500. This model's maximum context length is 2048 tokens.",
    ),
  ],
  [
    'llama.cpp, of the context',
    400,
    error('the request exceeds the available context size', {
      type: 'exceed_context_size_error',
      n_ctx: 2048,
    }),
  ],
  [
    'OpenAI, of the limit',
    400,
    error('max_tokens is too large: 1500. This model supports at most 1024 completion tokens', {
      param: 'max_tokens',
      code: 'invalid_value',
    }),
  ],
  [
    'Google, of the key',
    400,
    error('API key not valid. Please pass a valid API key.', {
      code: 400,
      status: 'INVALID_ARGUMENT',
    }),
  ],
  [
    'Azure, of the content',
    400,
    error(
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      { param: 'prompt', code: 'content_filter' },
    ),
  ],
  [
    'Groq, of a failed answer',
    400,
    error(
      "Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details.",
      { code: 'json_validate_failed', failed_generation: 'response_format' },
    ),
  ],
  [
    'Anthropic, of the credit',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'Your credit balance is too low to access the API',
      },
    },
  ],
  ['a gateway, of the model', 400, error('Unknown model: m')],
  [
    'vLLM, of a missing chat template',
    400,
    flat(
      'As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template',
    ),
  ],
  ['a limit of requests', 429, error('response_format is not supported', {})],
  ['a refused key', 401, error('response_format is not supported', {})],
  ['an outage', 500, error('Internal Server Error')],
  ['an outage without a word', 500, 'Internal Server Error'],
  ['an overload', 503, error('response_format is not supported')],
  ['a path', 404, { detail: 'Not Found' }],
  ['a gateway, of an outage in a good answer', 200, error('The provider went away', { code: 502 })],
])('the error %s (%i) is not a dialect refusal', async (_, status, body) => {
  const thrown = await askOne('openai', { status, body })
  expect(thrown).toMatchObject({ name: 'ItemError' })
  expect(thrown).not.toBeInstanceOf(DialectRefusal)
})
