import { createFaultBehavior } from '../common-behaviors.ts'
import { createOpenAiError } from '../create-openai-error.ts'
import { asObject, findKeyword } from '../request-parts.ts'
import type { JsonObject, Product, OddReply } from '../types.ts'

function error(status: number, message: string, type = 'invalid_request_error'): OddReply {
  return { status, body: { type: 'error', error: { type, message }, request_id: 'req_011CZv3' } }
}

const THINKING = { type: 'thinking', thinking: 'Is {this} a widget?', signature: 'EqQBCkYIBRgC' }

const LITELLM = 'https://docs.litellm.ai/docs/anthropic_unified'

/** Gateways with Anthropic Messages for other models, and Anthropic's own errors as they pass them on. */
export const anthropicGateway: Product = {
  wire: 'anthropic',
  base: '/v1',
  unknownPath: () => error(404, 'Not found', 'not_found_error'),
  behaviors: {
    'no-output-config': {
      source: 'https://github.com/earendil-works/pi/issues/7938',
      refuse: ({ body }) =>
        'output_config' in body
          ? error(400, 'output_config: Extra inputs are not permitted')
          : undefined,
    },
    // Names no parameter.
    'invalid-params': {
      source: 'https://github.com/MiniMax-AI/MiniMax-M2.7/issues/17',
      refuse: ({ body }) => ('output_config' in body ? error(400, 'invalid params') : undefined),
    },
    'no-schema-bounds': {
      source: 'https://github.com/laravel/ai/issues/715',
      refuse: ({ body }) => {
        const keyword = findKeyword(body['output_config'], [
          'maximum',
          'minimum',
          'maxLength',
          'maxItems',
        ])
        return keyword
          ? error(
              400,
              `output_config.format.schema: For 'number' type, properties ${keyword} are not supported`,
            )
          : undefined
      },
    },
    'no-system-list': {
      source: 'https://github.com/vercel/ai/issues/4450',
      refuse: ({ body }) =>
        Array.isArray(body['system'])
          ? {
              status: 400,
              body: {
                requestId: '0dcb3d43',
                statusCode: 400,
                path: '/messages',
                meta: [
                  { code: 'invalid_type', expected: 'string', received: 'array', path: ['system'] },
                ],
                message: 'Body validation error!',
              },
            }
          : undefined,
    },
    'no-cache-control': {
      source: 'https://github.com/caozhiyuan/copilot-api/issues/145',
      refuse: ({ body }) =>
        findKeyword([body['system'], body['messages']], ['cache_control'])
          ? error(400, 'system.0.cache_control: Extra inputs are not permitted')
          : undefined,
    },
    'openai-errors': {
      source: LITELLM,
      refuse: ({ body }) =>
        'output_config' in body
          ? createOpenAiError(
              400,
              "litellm.UnsupportedParamsError: ollama_chat does not support parameters: ['output_config']",
              { type: 'None', param: 'None', code: '400' },
            )
          : undefined,
    },
    thinking: {
      source: 'https://docs.claude.com/en/docs/build-with-claude/extended-thinking',
      shape: (body) => ({ ...body, content: [THINKING, ...(body['content'] as JsonObject[])] }),
    },
    'tool-use': {
      source: LITELLM,
      shape: (body, text) => ({
        ...body,
        stop_reason: 'tool_use',
        content: [
          {
            type: 'tool_use',
            id: 'toolu_1',
            name: 'json_tool_call',
            input: JSON.parse(text) as unknown,
          },
        ],
      }),
    },
    'bare-usage': {
      source: LITELLM,
      shape: (body) => ({
        ...body,
        usage: {
          input_tokens: asObject(body['usage'])['input_tokens'],
          output_tokens: asObject(body['usage'])['output_tokens'],
        },
      }),
    },

    credits: createFaultBehavior(
      'public logs that quote it',
      error(
        400,
        'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
      ),
    ),
    'wrong-key': createFaultBehavior(
      'https://docs.claude.com/en/api/errors',
      error(401, 'invalid x-api-key', 'authentication_error'),
    ),
    'openai-wrong-key': createFaultBehavior(
      LITELLM,
      createOpenAiError(401, 'Authentication Error, Invalid proxy server token passed', {
        type: 'auth_error',
        param: 'None',
        code: '401',
      }),
    ),
    'too-long': createFaultBehavior(
      'https://docs.claude.com/en/api/errors',
      error(400, 'prompt is too long: 213462 tokens > 200000 maximum'),
    ),
    'window-exceeded': {
      source: 'https://docs.claude.com/en/api/handling-stop-reasons',
      shape: (body) => ({
        ...body,
        stop_reason: 'model_context_window_exceeded',
        content: [{ type: 'text', text: '{"capabilities": ["run wid' }],
      }),
    },
    'error-in-200': createFaultBehavior(LITELLM, {
      ...error(529, 'Overloaded', 'overloaded_error'),
      status: 200,
    }),
    'unknown-model': createFaultBehavior(
      'https://docs.claude.com/en/api/errors',
      error(404, 'model: served-name', 'not_found_error'),
    ),
  },
}
