import { createFaultBehavior } from '../common-behaviors.ts'
import { replaceMessage } from '../build-good-answer.ts'
import { findKeyword, readFormat, readJsonSchema } from '../request-parts.ts'
import type { JsonObject, Product, OddReply } from '../types.ts'

function error(status: number, message: string, type = 'invalid_request_error'): OddReply {
  return { status, body: { error: { code: status, message, type } } }
}

function withCounts(reply: OddReply, counts: JsonObject): OddReply {
  const { error: members } = reply.body as { error: JsonObject }
  return { ...reply, body: { error: { ...members, ...counts } } }
}

/** llama-server: https://github.com/ggml-org/llama.cpp, `tools/server`. Unknown parameters are ignored. */
export const llamaCpp: Product = {
  wire: 'openai',
  base: '/v1',
  unknownPath: () => error(404, 'File Not Found', 'not_found_error'),
  shape: (body) => ({ ...body, timings: { prompt_n: 800, predicted_n: 100 } }),
  behaviors: {
    'reasoning-content': {
      source: 'llama.cpp, tools/server/README.md, --reasoning-format',
      shape: (body) => replaceMessage(body, { reasoning_content: 'Thinking about {the} fields.' }),
    },
    'no-json-schema': {
      source: 'https://github.com/ggml-org/llama.cpp/issues/10732',
      refuse: (request) =>
        readFormat(request) === 'json_schema'
          ? error(
              500,
              'response_format type must be one of "text" or "json_object", but got: json_schema',
              'server_error',
            )
          : undefined,
    },
    'no-grammar-for-bounds': {
      source: 'https://github.com/ggml-org/llama.cpp/issues/26596',
      refuse: (request) =>
        findKeyword(readJsonSchema(request)['schema'], ['maxLength', 'maxItems'])
          ? error(400, 'Failed to initialize samplers: failed to parse grammar')
          : undefined,
    },

    loading: createFaultBehavior(
      'https://github.com/mostlygeek/llama-swap/issues/146',
      error(503, 'Loading model', 'unavailable_error'),
    ),
    'too-long': createFaultBehavior(
      'https://github.com/ggml-org/llama.cpp/issues/17284',
      withCounts(
        error(
          400,
          'the request exceeds the available context size, try increasing it',
          'exceed_context_size_error',
        ),
        { n_prompt_tokens: 14_429, n_ctx: 8192 },
      ),
    ),
    'too-long-500': createFaultBehavior(
      'https://github.com/ggml-org/llama.cpp/pull/15780',
      withCounts(
        error(
          500,
          'the request exceeds the available context size. try increasing the context size or enable context shift',
          'exceed_context_size_error',
        ),
        { n_prompt_tokens: 1407, n_ctx: 256 },
      ),
    ),
    'too-long-200': createFaultBehavior('https://github.com/oobabooga/textgen/issues/7257', {
      ...error(
        400,
        'the request exceeds the available context size. try increasing the context size or enable context shift',
        'exceed_context_size_error',
      ),
      status: 200,
    }),
    'wrong-key': createFaultBehavior(
      'llama.cpp, tools/server',
      error(401, 'Invalid API Key', 'authentication_error'),
    ),
    'unknown-path': createFaultBehavior(
      'llama.cpp, tools/server',
      error(404, 'File Not Found', 'not_found_error'),
    ),
  },
}
