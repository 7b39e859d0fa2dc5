import { createFaultBehavior } from '../common-behaviors.ts'
import { asObject } from '../request-parts.ts'
import type { FurtherServer } from './further-server.ts'

/** Gateways on the Anthropic wire. */
export const ODD_MESSAGES: Record<string, FurtherServer> = {
  'empty-block-first': {
    wire: 'anthropic',
    succeeds: 'always',
    reasons: [],
    behavior: {
      source: 'https://docs.litellm.ai/docs/anthropic_unified',
      shape: (body, text) => ({
        ...body,
        stop_reason: 'stop',
        content: [
          { type: 'text', text: '' },
          { type: 'text', text },
        ],
        usage: { ...asObject(body['usage']), cache_read_input_tokens: null },
      }),
    },
  },
  'model-20012-messages': {
    wire: 'anthropic',
    succeeds: 'never',
    reasons: ['provider_not_configured', 'provider_error'],
    behavior: createFaultBehavior('https://github.com/farion1231/cc-switch/issues/5272', {
      status: 400,
      body: {
        code: 20012,
        message: 'Model does not exist. Please check it carefully.',
        data: null,
      },
    }),
  },
  'provider-response': {
    wire: 'anthropic',
    succeeds: 'never',
    reasons: ['provider_error'],
    behavior: createFaultBehavior('https://github.com/musistudio/claude-code-router/issues/948', {
      status: 400,
      body: {
        error: {
          message:
            'Error from provider(modelscope,Qwen/Qwen3-235B-A22B-Thinking-2507: 400): {"error":{"code":"invalid_parameter_error","message":"enable thinking can not be support when `stream=False`.","type":"invalid_request_error"},"request_id":"214720c8"}',
          type: 'api_error',
          code: 'provider_response_error',
        },
      },
    }),
  },
}
