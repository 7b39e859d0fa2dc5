import { createFaultBehavior } from '../common-behaviors.ts'
import { asObject, hasRole, readFormat } from '../request-parts.ts'
import type { OddRequest, Product, OddReply } from '../types.ts'

function error(status: number, message: string, type = 'validation'): OddReply {
  return { status, body: { error: message, error_type: type } }
}

/** Response of axum to an invalid body: plain text. */
function rejected(message: string): OddReply {
  return {
    status: 422,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: `Failed to deserialize the JSON body into the target type: ${message} at line 1 column 9821`,
  }
}

/** text-generation-inference: https://github.com/huggingface/text-generation-inference, `router/src`. */
export const tgi: Product = {
  wire: 'openai',
  base: '/v1',
  unknownPath: () => ({ status: 404, headers: { 'content-type': 'text/plain' }, body: '' }),
  refuse: refuseJsonObject,
  shape: (body) => ({ ...body, id: '', system_fingerprint: '3.2.0-sha-411a282' }),
  behaviors: {
    // Up to 3.2 the grammar supported only `json` and `regex` with a `value`.
    'no-json-schema': {
      source: 'https://github.com/huggingface/text-generation-inference/pull/2046',
      refuse: (request) =>
        readFormat(request) === 'json_schema'
          ? rejected(
              'response_format.type: unknown variant `json_schema`, expected one of `json_object`, `json`, `regex`',
            )
          : undefined,
    },
    'no-system-role': {
      source: 'https://github.com/huggingface/chat-ui/issues/1386',
      refuse: (request) =>
        hasRole(request, 'system')
          ? error(
              422,
              'Template error: invalid operation: System role not supported (in <string>:1)',
              'template_error',
            )
          : undefined,
    },

    'too-long': createFaultBehavior(
      'https://github.com/huggingface/huggingface_hub/issues/2763',
      error(
        422,
        'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 8740 `inputs` tokens and 500 `max_new_tokens`',
      ),
    ),
    'too-long-200': createFaultBehavior(
      'https://github.com/huggingface/text-generation-inference/issues/2749',
      {
        ...error(
          422,
          'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 8740 `inputs` tokens and 500 `max_new_tokens`',
        ),
        status: 200,
      },
    ),
    overloaded: createFaultBehavior(
      'text-generation-inference, router/src/infer',
      error(429, 'Model is overloaded', 'overloaded'),
    ),
    'generation-failed': createFaultBehavior(
      'text-generation-inference, router/src/infer',
      error(
        424,
        'Request failed during generation: Server error: CUDA out of memory.',
        'generation',
      ),
    ),
  },
}

/** https://github.com/huggingface/text-generation-inference/issues/2899 */
function refuseJsonObject(request: OddRequest): OddReply | undefined {
  const { value } = asObject(request.body['response_format'])
  return readFormat(request) === 'json_object' && value === undefined
    ? rejected('response_format: missing field `value`')
    : undefined
}
