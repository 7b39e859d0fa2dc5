import { createFaultBehavior } from '../common-behaviors.ts'
import { deliverAfterEmptyLines } from '../deliver.ts'
import { replaceMessage } from '../build-good-answer.ts'
import { createOpenAiError } from '../create-openai-error.ts'
import { readFormat, readPrompt } from '../request-parts.ts'
import type { OddRequest, Product, OddReply } from '../types.ts'

const error = (status: number, message: string): OddReply =>
  createOpenAiError(status, message, { code: 'invalid_request_error' })

/** DeepSeek: https://api-docs.deepseek.com. Supports `json_object`, but not `json_schema`. */
export const deepSeek: Product = {
  wire: 'openai',
  base: '/v1',
  unknownPath: () => ({ status: 404, body: '' }),
  refuse: refuseFormat,
  shape: (body) => ({
    ...body,
    usage: {
      prompt_tokens: 800,
      completion_tokens: 100,
      total_tokens: 900,
      prompt_tokens_details: { cached_tokens: 512 },
      prompt_cache_hit_tokens: 512,
      prompt_cache_miss_tokens: 288,
    },
  }),
  behaviors: {
    'reasoning-content': {
      source: 'https://api-docs.deepseek.com/guides/reasoning_model',
      shape: (body) => replaceMessage(body, { reasoning_content: 'The {kind} is a widget.' }),
    },
    'schema-422': {
      source: 'https://github.com/browser-use/browser-use/pull/215',
      refuse: (request) =>
        readFormat(request) === 'json_schema'
          ? {
              status: 422,
              headers: { 'content-type': 'text/plain; charset=utf-8' },
              body: 'Failed to deserialize the JSON body into the target type: response_format: response_format.type `json_schema` is unavailable now at line 1 column 12440',
            }
          : undefined,
    },
    'empty-lines': {
      source: 'https://api-docs.deepseek.com/quick_start/rate_limit',
      deliver: deliverAfterEmptyLines,
    },

    balance: createFaultBehavior(
      'https://github.com/Aider-AI/aider/issues/4851',
      createOpenAiError(402, 'Insufficient Balance', {
        type: 'unknown_error',
        code: 'invalid_request_error',
      }),
    ),
    'wrong-key': createFaultBehavior(
      'https://api-docs.deepseek.com/quick_start/error_codes',
      createOpenAiError(401, 'Authentication Fails, Your api key: ****cdef is invalid', {
        type: 'authentication_error',
        code: 'invalid_request_error',
      }),
    ),
    'unknown-model': createFaultBehavior(
      'https://api-docs.deepseek.com/quick_start/error_codes',
      error(400, 'Model Not Exist'),
    ),
    'no-resource': {
      source:
        'https://api-docs.deepseek.com/api/create-chat-completion (insufficient_system_resource)',
      shape: (body) => ({
        ...replaceMessage(body, { content: '' }),
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: '' },
            finish_reason: 'insufficient_system_resource',
          },
        ],
      }),
    },
  },
}

/** https://github.com/bytedance/deer-flow/issues/545 */
function refuseFormat(request: OddRequest): OddReply | undefined {
  const format = readFormat(request)
  if (format === 'json_schema') return error(400, 'This response_format type is unavailable now')
  return format === 'json_object' && !/json/i.test(readPrompt(request))
    ? error(
        400,
        "Prompt must contain the word 'json' in some form to use 'response_format' of type 'json_object'.",
      )
    : undefined
}
