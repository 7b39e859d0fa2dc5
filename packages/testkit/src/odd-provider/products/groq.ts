import { createFaultBehavior } from '../common-behaviors.ts'
import { createOpenAiError } from '../create-openai-error.ts'
import {
  findKeyword,
  findUnknownParameter,
  readFormat,
  readJsonSchema,
  readPrompt,
} from '../request-parts.ts'
import type { JsonObject, OddRequest, Product, OddReply } from '../types.ts'

const error = (status: number, message: string, code?: string): OddReply => ({
  status,
  body: { error: { message, type: 'invalid_request_error', ...(code && { code }) } },
})

/** Groq: https://console.groq.com/docs/api-reference. Refuses parameters that its reference does not list. */
export const groq: Product = {
  wire: 'openai',
  base: '/openai/v1',
  unknownPath: (method, path) =>
    error(
      404,
      `Unknown request URL: ${method} ${path}. Please check the URL for typos, or see the docs at https://console.groq.com/docs/`,
      'unknown_url',
    ),
  refuse: refuseRequest,
  shape: (body) => ({
    ...body,
    usage: {
      ...(body['usage'] as JsonObject),
      queue_time: 0.018,
      prompt_time: 0.03,
      total_time: 0.4,
    },
    x_groq: { id: 'req_01kesv2tbve84sxnd0eks0nejr' },
  }),
  behaviors: {
    'no-json-schema': {
      source: 'https://github.com/ItzCrazyKns/Vane/issues/980',
      refuse: (request) =>
        readFormat(request) === 'json_schema'
          ? error(
              400,
              'This model does not support response format `json_schema`. See supported models at https://console.groq.com/docs/structured-outputs#supported-models',
            )
          : undefined,
    },
    'no-schema-bounds': {
      source: 'https://github.com/i-am-bee/beeai-framework/issues/1215',
      refuse: (request) => {
        const keyword = findKeyword(readJsonSchema(request)['schema'], [
          'minItems',
          'maxItems',
          'maxLength',
        ])
        return keyword
          ? error(
              400,
              `invalid schema for response format: response_format/json_schema: ${keyword} is not supported`,
            )
          : undefined
      },
    },

    'json-not-valid': createFaultBehavior('https://github.com/build-with-groq/g1/pull/23', {
      status: 400,
      body: {
        error: {
          message:
            "Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details.",
          type: 'invalid_request_error',
          code: 'json_validate_failed',
          failed_generation: '{"capabilities": ["run widget", ',
        },
      },
    }),
    'too-large': createFaultBehavior(
      'https://github.com/continuedev/continue/issues/10218',
      createOpenAiError(
        413,
        'Request too large for model `llama-3.3-70b-versatile` in organization `org_01` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 14137, please reduce your message size and try again.',
        { type: 'tokens', code: 'rate_limit_exceeded' },
      ),
    ),
    'day-limited': createFaultBehavior('https://console.groq.com/docs/rate-limits', {
      ...createOpenAiError(
        429,
        'Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_01` service tier `on_demand` on tokens per day (TPD): Limit 100000, Used 99510, Requested 2417. Please try again in 27m45.408s.',
        { type: 'tokens', code: 'rate_limit_exceeded' },
      ),
      headers: { 'retry-after': '1665' },
    }),
    'wrong-key': createFaultBehavior(
      'https://github.com/spring-projects/spring-ai/pull/997',
      error(401, 'Invalid API Key', 'invalid_api_key'),
    ),
    'unknown-model': createFaultBehavior(
      'https://console.groq.com/docs/errors',
      error(
        404,
        'The model `served-name` does not exist or you do not have access to it.',
        'model_not_found',
      ),
    ),
    'retired-model': createFaultBehavior(
      'https://console.groq.com/docs/deprecations',
      error(
        400,
        'The model `llama3-70b-8192` has been decommissioned and is no longer supported. Please refer to https://console.groq.com/docs/deprecations for a recommendation on which model to use instead.',
        'model_decommissioned',
      ),
    ),
  },
}

/** https://github.com/ServiceStack/llms/issues/17, https://github.com/vercel/ai/pull/7508 */
function refuseRequest(request: OddRequest): OddReply | undefined {
  const unknown = findUnknownParameter(request, {
    except: [
      'logit_bias',
      'logprobs',
      'prompt_cache_key',
      'prompt_cache_retention',
      'prompt_cache_options',
      'safety_identifier',
    ],
  })
  if (unknown) return error(400, `property '${unknown}' is unsupported`)
  return readFormat(request) === 'json_object' && !/json/i.test(readPrompt(request))
    ? error(
        400,
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      )
    : undefined
}
